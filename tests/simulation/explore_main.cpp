// SPDX-License-Identifier: BSD-3-Clause
// The explorer's program: every short history of a small world, or one of them again.
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "simulation/explorer.h"
#include "simulation/run.h"

namespace sessmirror::simulation {
namespace {

constexpr std::string_view kAlphabet =
    "W0 W1 D0 D1 CUT HEAL R0 R1 M0 M1 O0 O1 E0 E1 S0 S1 P0 P1 C0 C1 L0 L1 A0 A1 LAND FF X";

struct Arguments {
    std::string_view world;  // empty: all
    std::string_view letters = kAlphabet;
    std::optional<Word> replay;
    int depth = 3;
    std::vector<KnownFinding> known;
    bool checks_known = false;
};

int list_worlds() {
    for (const SmallWorldShape& shape : small_worlds()) std::printf("%s\n", shape.name.data());
    return 0;
}

int usage() {
    std::fprintf(stderr,
                 "usage: explore [--world=NAME] [--depth=N] [--letters=\"W0 W1 CUT\"] "
                 "[--known=FILE]\n"
                 "       explore [--world=NAME] --replay=\"CUT W1 W0\"\n"
                 "       explore --known=FILE --check-known\n"
                 "letters: %s\nworlds:",
                 kAlphabet.data());
    for (const SmallWorldShape& shape : small_worlds())
        std::fprintf(stderr, " %s", shape.name.data());
    std::fputc('\n', stderr);
    return 2;
}

bool read_known(const std::string& path, std::vector<KnownFinding>& known) {
    std::ifstream file(path);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    std::string trouble = file ? "" : "cannot be read";
    const auto parsed = parse_known(text, trouble);
    if (!trouble.empty()) std::fprintf(stderr, "%s: %s\n", path.c_str(), trouble.c_str());
    if (parsed) known = *parsed;
    return trouble.empty();
}

bool take(std::string_view argument, Arguments& out) {
    if (argument == "--check-known") return out.checks_known = true;
    const std::size_t equals = argument.find('=');
    if (equals == std::string_view::npos) return false;
    const std::string_view name = argument.substr(0, equals);
    const std::string_view value = argument.substr(equals + 1);
    if (name == "--world") {
        out.world = value;
        return find_small_world(value) != nullptr;
    }
    if (name == "--depth") {
        out.depth = std::atoi(value.data());
        return out.depth > 0;
    }
    if (name == "--letters") {
        out.letters = value;
        return parse_word(value).has_value();
    }
    if (name == "--replay") {
        out.replay = parse_word(value);
        return out.replay.has_value();
    }
    return name == "--known" && read_known(std::string(value), out.known);
}

int replay(const SmallWorldShape& shape, const Word& word) {
    SmallWorld world(shape);
    for (const Letter& letter : word)
        if (!world.make(letter)) std::printf("%s: no such event here\n", to_text({letter}).c_str());
    const Report report = world.judge();
    std::fputs(to_text(world.history()).c_str(), stdout);
    bool is_wrong = false;
    for (int i = 0; i < static_cast<int>(Finding::kCount); ++i) {
        const auto finding = static_cast<Finding>(i);
        for (const std::string& example : report.examples(finding))
            std::printf("%s%s\n", is_explored(finding) ? "WRONG " : "      ", example.c_str());
        is_wrong |= is_explored(finding) && report.count(finding) > 0;
    }
    return is_wrong ? 1 : 0;
}

// What stays in the list although it is gone would hide others.
int check_known(const std::vector<KnownFinding>& known) {
    int gone = 0;
    for (const KnownFinding& each : known) {
        if (still_occurs(each)) continue;
        ++gone;
        std::printf("does not occur any more, take it off the list: %s\n", each.line.c_str());
    }
    std::printf("%zu known findings, %d do not occur any more\n", known.size(), gone);
    return gone;
}

int explore_one(const SmallWorldShape& shape, const Arguments& arguments) {
    const auto begin = std::chrono::steady_clock::now();
    const Exploration found =
        explore({shape, *parse_word(arguments.letters), arguments.depth, arguments.known});
    for (const WrongWord& wrong : found.new_ones)
        std::printf("%s | %s | %s\n    %s\n    scripts/explore --world=%s --replay=\"%s\"\n",
                    shape.name.data(), finding_name(wrong.finding), to_text(wrong.word).c_str(),
                    wrong.example.c_str(), shape.name.data(), to_text(wrong.word).c_str());
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    std::printf("%s: %" PRIu64 " histories of up to %d letters in %.1f s: %zu findings, %" PRIu64
                " times known ones\n",
                shape.name.data(), found.histories, arguments.depth, took.count(),
                found.new_ones.size(), found.known_again);
    return static_cast<int>(found.new_ones.size());
}

}  // namespace
}  // namespace sessmirror::simulation

int main(int argc, char** argv) {
    using namespace sessmirror::simulation;
    if (argc == 2 && std::string_view(argv[1]) == "--list-worlds") return list_worlds();
    Arguments arguments;
    for (int i = 1; i < argc; ++i)
        if (!take(argv[i], arguments)) return usage();
    if (arguments.checks_known) return check_known(arguments.known) == 0 ? 0 : 1;
    int wrong = 0;
    for (const SmallWorldShape& shape : small_worlds()) {
        if (!arguments.world.empty() && arguments.world != shape.name) continue;
        wrong +=
            arguments.replay ? replay(shape, *arguments.replay) : explore_one(shape, arguments);
    }
    return wrong == 0 ? 0 : 1;
}
