// SPDX-License-Identifier: BSD-3-Clause
// The simulation's program. Without arguments of its own it is an ordinary test program; with
// --seed it repeats one run, with --runs it tries many.
#include <gtest/gtest.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "simulation/run.h"

namespace sessmirror::simulation {
namespace {

struct Arguments {
    RunOptions run;
    std::optional<Mix> mix;  // all of them when not given
    std::uint64_t runs = 1;
    bool verbose = false;
};

int usage() {
    std::fputs(
        "usage: sim_tests [--seed=N] [--runs=N] [--mix=none|workers|restarts|pauses|cuts|storage|"
        "warm|everything|swarm]\n"
        "                 [--tabs=PERCENT of visitors who work in several at once]\n"
        "                 [--fault-every=MILLISECONDS, in the mean]\n"
        "                 [--hosts=N] [--redundancy=N] [--locking=on|optimistic|off]\n"
        "                 [--on-conflict=merge|mine|fail]\n"
        "                 [--freshness=token|probe|majority|local]\n"
        "                 [--refill=0 if nobody looks after stores]\n"
        "                 [--hedge=0 if late stores are waited for]\n"
        "                 [--tokens=0 if visitors return no tokens]\n"
        "                 [--subject=production|blind|leaderless] [--verbose]\n"
        "       sim_tests [GoogleTest's arguments]\n",
        stderr);
    return 2;
}

bool take_number(std::string_view text, std::uint64_t& value) {
    char* end = nullptr;
    value = std::strtoull(text.data(), &end, 10);
    return !text.empty() && end == text.data() + text.size();
}

bool take_word(std::string_view name, std::string_view value, Arguments& out) {
    if (name == "--mix") {
        out.mix = parse_mix(value);
        return out.mix.has_value();
    }
    if (name == "--locking") {
        if (value == "off") out.run.locking = replica::Locking::Off;
        if (value == "optimistic") out.run.locking = replica::Locking::Optimistic;
        return value == "on" || value == "optimistic" || value == "off";
    }
    if (name == "--freshness") {
        using replica::Freshness;
        if (value == "probe") out.run.freshness = Freshness::Probe;
        if (value == "majority") out.run.freshness = Freshness::Majority;
        if (value == "local") out.run.freshness = Freshness::Local;
        return value == "token" || value == "probe" || value == "majority" || value == "local";
    }
    if (name == "--on-conflict") {
        if (value == "fail") out.run.on_conflict = replica::OnConflict::Fail;
        if (value == "mine") out.run.on_conflict = replica::OnConflict::Mine;
        return value == "merge" || value == "mine" || value == "fail";
    }
    if (name == "--subject") {
        if (value == "blind") out.run.subject = Subject::BlindMirror;
        if (value == "leaderless") out.run.subject = Subject::LeaderlessCas;
        return value == "blind" || value == "leaderless" || value == "production";
    }
    return false;
}

bool take(std::string_view argument, Arguments& out) {
    if (argument == "--verbose") return out.verbose = true;
    const std::size_t equals = argument.find('=');
    if (equals == std::string_view::npos) return false;
    const std::string_view name = argument.substr(0, equals);
    const std::string_view value = argument.substr(equals + 1);
    std::uint64_t number = 0;
    if (!take_number(value, number)) return take_word(name, value, out);
    if (name == "--seed") out.run.seed = number;
    if (name == "--runs") out.runs = number;
    if (name == "--hosts") out.run.hosts = static_cast<int>(number);
    if (name == "--redundancy") out.run.redundancy = static_cast<int>(number);
    if (name == "--tabs") out.run.crowd.with_tabs = static_cast<double>(number) / 100;
    if (name == "--fault-every") out.run.between_faults = milliseconds(number);
    if (name == "--refill") out.run.refills = number != 0;
    if (name == "--hedge") out.run.hedges = number != 0;
    if (name == "--tokens") out.run.crowd.keeps_tokens = number != 0;
    return name == "--refill" || name == "--hedge" || name == "--tokens" || name == "--seed" ||
           name == "--runs" || name == "--hosts" || name == "--redundancy" || name == "--tabs" ||
           name == "--fault-every";
}

void print_summary(const RunOptions& options, const RunResult& result) {
    std::printf("%s: %zu calls, %d faults, %.0f s, %" PRIu64 " events\n",
                replay_arguments(options).c_str(), result.history.calls.size(), result.faults,
                std::chrono::duration<double>(result.virtual_time).count(), result.events);
    for (std::size_t i = 0; i < static_cast<std::size_t>(Finding::kCount); ++i) {
        const auto finding = static_cast<Finding>(i);
        if (result.report.count(finding) == 0) continue;
        std::printf("  %-14s %d\n", finding_name(finding), result.report.count(finding));
        for (const std::string& example : result.report.examples(finding))
            std::printf("      %s\n", example.c_str());
    }
    for (std::size_t i = 0; i < result.counts.size(); ++i)
        if (result.counts[i] != 0)
            std::printf("  %s = %" PRIu64 "\n", pool::counter_name(static_cast<pool::Counter>(i)),
                        result.counts[i]);
}

int repeat_one(const Arguments& arguments) {
    RunOptions options = arguments.run;
    options.mix = arguments.mix.value_or(Mix::None);
    const RunResult result = simulate(options);
    if (arguments.verbose) std::fputs(to_text(result.history).c_str(), stdout);
    print_summary(options, result);
    const auto broken = broken_promises(options, result);
    for (const std::string& promise : broken) std::printf("BROKEN %s\n", promise.c_str());
    return broken.empty() ? 0 : 1;
}

struct Tally {
    Report findings;
    RunResult::Service service;
    int failures = 0;  // runs with broken promises
};

void add(RunResult::Service& sum, const RunResult::Service& more) {
    sum.requests += more.requests;
    sum.known_stale += more.known_stale;
    sum.unavailable += more.unavailable;
    sum.escalated += more.escalated;
}

void print(const RunResult::Service& service) {
    const auto line = [&](const char* name, std::uint64_t count) {
        const double requests = std::max(1.0, static_cast<double>(service.requests));
        std::printf("%-14s %-10" PRIu64 " %.1f in 10,000\n", name, count,
                    static_cast<double>(count) * 1e4 / requests);
    };
    std::printf("%-14s %" PRIu64 "\n", "requests", service.requests);
    line("known stale", service.known_stale);
    line("unavailable", service.unavailable);
    line("escalated", service.escalated);
}

// One seed under every mix, or under the one that was asked for.
void try_seed(const Arguments& arguments, std::uint64_t seed, Tally& tally) {
    for (int m = 0; m < static_cast<int>(Mix::kCount); ++m) {
        RunOptions options = arguments.run;
        options.seed = seed;
        options.mix = static_cast<Mix>(m);
        if (arguments.mix.value_or(options.mix) != options.mix) continue;
        if (!arguments.mix && options.mix == Mix::Swarm) continue;
        const RunResult result = simulate(options);
        tally.findings.add_counts(result.report);
        add(tally.service, result.service);
        const auto broken = broken_promises(options, result);
        if (broken.empty()) continue;
        ++tally.failures;
        std::printf("\nsim_tests %s --verbose\n", replay_arguments(options).c_str());
        for (const std::string& promise : broken) std::printf("    %s\n", promise.c_str());
    }
}

int try_many(const Arguments& arguments) {
    Tally tally;
    for (std::uint64_t i = 0; i < arguments.runs; ++i) {
        try_seed(arguments, arguments.run.seed + i, tally);
        std::fprintf(stderr, "\r%" PRIu64 " of %" PRIu64 " seeds, %d with broken promises ", i + 1,
                     arguments.runs, tally.failures);
    }
    std::fputc('\n', stderr);
    print(tally.service);
    for (std::size_t i = 0; i < static_cast<std::size_t>(Finding::kCount); ++i)
        std::printf("%-14s %d\n", finding_name(static_cast<Finding>(i)),
                    tally.findings.count(static_cast<Finding>(i)));
    return tally.failures == 0 ? 0 : 1;
}

}  // namespace
}  // namespace sessmirror::simulation

int main(int argc, char** argv) {
    using namespace sessmirror::simulation;
    testing::InitGoogleTest(&argc, argv);
    if (argc == 1) return RUN_ALL_TESTS();
    Arguments arguments;
    for (int i = 1; i < argc; ++i)
        if (!take(argv[i], arguments)) return usage();
    return arguments.runs > 1 ? try_many(arguments) : repeat_one(arguments);
}
