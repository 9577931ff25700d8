// SPDX-License-Identifier: BSD-3-Clause
//
// Merging against PHP's own serializers: what PHP reads from a merged payload is what merging the
// arrays themselves gives.
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "embed/embedded_php.h"
#include "embed/fake_core.h"
#include "record/merge.h"

namespace sessmirror::embed {
namespace {

using record::Merge;
using record::Serialization;

// Three random sessions for each seed: what two requests read, and what each of them made of it.
// The same seed gives the same sessions in every request.
constexpr const char* kSessions = R"php(
enum Suit: string { case Hearts = 'h'; case Spades = 's'; }
// No reference is made to an enum case: PHP writes a second one as a reference to the first.
class Plain { public $a; protected $b = 1.5; private $c = "\0"; }
class Own { public $v;
    public function __serialize(): array { return ['v' => $this->v, 7 => [1]]; }
    public function __unserialize(array $d): void { $this->v = $d['v']; } }

function value(int $depth) {
    switch (mt_rand(0, $depth > 0 ? 13 : 6)) {
        case 0: return null;
        case 1: return mt_rand(0, 1) === 1;
        case 2: return mt_rand(-5, 5);
        case 3: return mt_rand(-9, 9) / 7;
        case 4: return substr("\0\"};|!\u{20ac}\xff", mt_rand(0, 9), mt_rand(0, 9));
        case 5: return [NAN, INF, -0.0, PHP_INT_MIN][mt_rand(0, 3)];
        case 6: return [Suit::Hearts, Suit::Spades][mt_rand(0, 1)];
        case 7: $o = new Plain; $o->a = $o; return $o;
        case 8: $o = new Own; $o->v = value($depth - 1); return [$o, value($depth - 1), $o];
        case 9: $a = ['x' => [value($depth - 1)], 'y' => 1]; $a['z'] = &$a['x']; return $a;
        case 10: $o = new stdClass; $o->{'0'} = [value($depth - 1)]; $o->r = &$o->{'0'}; return [1, $o];
        case 11: return new ArrayObject([value($depth - 1), new DateTime('@' . mt_rand(0, 9))]);
        default:
            $a = [];
            for ($i = mt_rand(0, 4); $i > 0; $i--) $a[mt_rand(0, 1) ? $i : "k$i"] = value($depth - 1);
            return $a;
    }
}

function keys(): array {
    $keys = ['a', 'b', '', 'k!', '!u', "n\0l", "\u{43a}", str_repeat('x', 127), 'c', 'd'];
    $handler = ini_get('session.serialize_handler');
    if ($handler !== 'php') $keys[] = 'p|q';
    if (!str_starts_with($handler, 'php') || $handler === 'php_serialize') array_push($keys, 5, -3);
    return $keys;
}

// Serialized values by key: so that they are made anew, with nothing shared, wherever they are used.
function changed(array $session): array {
    foreach (keys() as $key) {
        if (mt_rand(0, 9) > 2) continue;
        if (mt_rand(0, 2) === 0) unset($session[$key]);
        else $session[$key] = serialize(value(3));
    }
    return $session;
}

function sessions(int $seed): array {
    mt_srand($seed);
    $base = changed(changed(changed([])));
    return [$base, changed($base), changed($base)];
}

function merged(array $base, array $mine, array $theirs): array {
    $result = [];
    foreach (keys() as $key) {
        $is_mine = ($mine[$key] ?? null) !== ($base[$key] ?? null);
        $value = ($is_mine ? $mine : $theirs)[$key] ?? null;
        if ($value !== null) $result[$key] = $value;
    }
    return $result;
}

function encoded(array $session): string {
    $_SESSION = array_map('unserialize', $session);
    return session_encode();
}

session_id('A');
session_start();
)php";

constexpr int kSeeds = 300;

std::string unhex(const std::string& hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    return bytes;
}

std::string hex(std::string_view bytes) {
    std::string text;
    for (const char c : bytes) {
        text += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
        text += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
    }
    return text;
}

class Merging : public testing::TestWithParam<const char*> {
  protected:
    void SetUp() override { fake_core().reset(); }

    IniValues ini() const { return {{"session.serialize_handler", GetParam()}}; }

    std::vector<std::string> words(const std::string& code) const {
        std::istringstream page(request(kSessions + code + " session_abort();", ini()).page);
        std::vector<std::string> out;
        for (std::string word; page >> word;) out.push_back(word);
        return out;
    }
};

INSTANTIATE_TEST_SUITE_P(Handler, Merging,
                         testing::Values("php", "php_serialize", "php_binary",
                                         "sessmirror_segmented"),
                         [](const auto& param) { return std::string(param.param); });

TEST_P(Merging, GivesPhpWhatMergingTheArraysWouldGive) {
    const auto form = record::parse_serialization(GetParam());
    const auto payloads = words("for ($seed = 0; $seed < " + std::to_string(kSeeds) +
                                "; $seed++) foreach (sessions($seed) as $session)"
                                "  echo 'x', bin2hex(encoded($session)), ' ';");
    ASSERT_EQ(payloads.size(), std::size_t{kSeeds} * 3) << (payloads.empty() ? "" : payloads[0]);

    std::string list;
    for (std::size_t i = 0; i < payloads.size(); i += 3) {
        const Merge merge = record::three_way_merge(form, unhex(payloads[i].substr(1)),
                                                    unhex(payloads[i + 1].substr(1)),
                                                    unhex(payloads[i + 2].substr(1)));
        ASSERT_EQ(merge.outcome, Merge::Outcome::Merged) << "seed " << i / 3;
        list += "'" + hex(merge.payload) + "',";
    }
    const auto verdict = words("foreach ([" + list + R"php(] as $seed => $payload) {
        $_SESSION = [];
        session_decode(hex2bin($payload));
        $expected = merged(...sessions($seed));
        $found = array_map('serialize', $_SESSION);
        ksort($expected); ksort($found);
        if ($expected !== $found) { echo "seed_$seed ", json_encode([$expected, $found]); break; }
    } echo 'done';)php");
    ASSERT_EQ(verdict.size(), 1u) << verdict[0];
    EXPECT_EQ(verdict[0], "done");
}

TEST_P(Merging, RefusesWhatTwoKeysShare) {
    const auto form = record::parse_serialization(GetParam());
    const auto payloads = words(R"php(
        $o = new stdClass; $x = 1; $e = Suit::Hearts;
        foreach ([['a' => $o, 'b' => [$o]], ['a' => &$x, 'b' => &$x], ['a' => $e, 'b' => $e]] as $s) {
            $_SESSION = $s;
            echo 'x', bin2hex(session_encode()), ' ';
        })php");
    ASSERT_EQ(payloads.size(), 3u);
    const auto is_split = [&](const std::string& word) {
        const std::string payload = unhex(word.substr(1));
        return record::SessionEntries::split(form, payload).has_value();
    };
    EXPECT_FALSE(is_split(payloads[0]));
    EXPECT_FALSE(is_split(payloads[1]));
    EXPECT_TRUE(is_split(payloads[2]));  // a case of an enum is the same object everywhere
}

}  // namespace
}  // namespace sessmirror::embed
