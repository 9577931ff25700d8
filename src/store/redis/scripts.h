// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace sessmirror::store {

// What Redis does in one step, in Lua 5.1; see docs/format.md. Every script has one key, the
// session's: the names of its lock and its hint, which are made of it, need not be sent
// (names.h).

// ARGV: who claims the lock; the lease in seconds; how many bytes of the session are wanted.
// Replies with 1 if the lock is now the claimer's (he may have been here before: his answer was
// lost), or else with its owner; the session's PTTL; and those bytes.
inline constexpr const char kClaimScript[] = R"(
local lock = '{' .. KEYS[1] .. '}.l'
local owner = redis.call('GET', lock)
if not owner then
  redis.call('SET', lock, ARGV[1], 'EX', ARGV[2])
  owner = ARGV[1]
end
if owner == ARGV[1] then owner = 1 end
local bytes = ''
if ARGV[3] ~= '0' then bytes = redis.call('GETRANGE', KEYS[1], 0, ARGV[3] - 1) end
return {owner, redis.call('PTTL', KEYS[1]), bytes}
)";

// ARGV: the version that is expected, of 8 bytes, or "" for none; the value; its lifetime in
// seconds; the owner of the lock, or ""; the hint, or "".
// A version stands in bytes 4 to 11 of a value; what is too short to have one, or has zeros there,
// is foreign, and has a version all the same, so that it can be replaced: see value.h.
// Replies with 0 (stored), 1 (conflict) or 2 (missing), and 4 more if the lock was no longer the
// owner's. Whoever finds the version that he brings has been here before: his answer was lost.
// A server that refuses to store (it is full) ends the script, so the lock has to be given up
// alone.
inline constexpr const char kPutScript[] = R"(
local present = ''
if redis.call('EXISTS', KEYS[1]) == 1 then
  present = redis.call('GETRANGE', KEYS[1], 4, 11)
  present = present .. string.rep('\0', 8 - #present)
  if present == string.rep('\0', 8) then present = string.rep('\0', 7) .. '\1' end
end
local reply, repeated = 0, present == string.sub(ARGV[2], 5, 12)
if present == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
  if ARGV[5] ~= '' then redis.call('SET', '{' .. KEYS[1] .. '}.c', ARGV[5], 'EX', ARGV[3]) end
elseif not repeated then
  reply = present == '' and 2 or 1
end
if ARGV[4] ~= '' then
  local lock = '{' .. KEYS[1] .. '}.l'
  if redis.call('GET', lock) == ARGV[4] then redis.call('DEL', lock)
  elseif not repeated then reply = reply + 4 end
end
return reply
)";

// ARGV: the owner. Replies with 1 if the lock was the owner's, and is no more.
inline constexpr const char kReleaseScript[] = R"(
local lock = '{' .. KEYS[1] .. '}.l'
if redis.call('GET', lock) ~= ARGV[1] then return 0 end
return redis.call('DEL', lock)
)";

}  // namespace sessmirror::store
