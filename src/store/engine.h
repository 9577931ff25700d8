// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/journal.h"
#include "base/result.h"
#include "net/event_loop.h"
#include "net/resolver.h"
#include "store/inventory.h"
#include "store/notation.h"
#include "store/parameter.h"
#include "store/remote_store.h"
#include "store/store.h"
#include "store/store_spec.h"

namespace sessmirror::store {

// What a store is opened with. All that is referred to outlives the store.
struct OpenContext {
    net::EventLoop& loop;  // also the store's clock
    net::Resolver& resolver;
    Journal& journal;
    RemoteDefaults defaults;
};

struct OpenedStore {
    std::unique_ptr<Store> store;
    std::unique_ptr<Inventory> inventory;
};

// What to do about a store whose error has these words.
struct Remedy {
    std::string_view words;
    const char* text;  // a sentence
};

struct Library {
    const char* name = nullptr;  // null: none but those that the program has anyhow
    // "1.0.2". Static. Null in a build without it.
    const char* (*version)() noexcept = nullptr;
};

// A kind of store, as the rest of the program sees it: how the list of stores names one, and how it
// is opened. One folder of store/ and one place in engines.cpp each; nobody else knows which
// engines there are. Static data. An engine whose library this build lacks is there all the same,
// so that its entries are read and refused with the reason.
struct Engine {
    const char* name = "";  // "Redis"

    // ---- in the list of stores

    // Lower case, without "://". What follows one is read by parse_target(). Without any, its
    // stores are those whose address stands alone, or behind tcp:// or unix://, and nothing says
    // otherwise.
    std::span<const std::string_view> schemes = {};
    const char* notation = "";  // "redis://": where a message lists what can be written
    // An address without the engine's scheme that has this port is one of its stores nevertheless,
    // and so is one that has one of these parameters, which no other engine knows. 0: no port.
    std::uint16_t default_port = 0;
    std::span<const std::string_view> telling_parameters = {};
    std::span<const Parameter> parameters = {};  // its own
    // Reads the part of an entry between "scheme://" and '?' into host, port, weight, user,
    // password and its own parameters. Errors never show any of it.
    Result<Given> (*parse_target)(std::string_view text, StoreSpec& spec) = nullptr;
    // Refuses a whole entry, with its parameters. Null: nothing to refuse.
    Status (*check)(const StoreSpec& spec) = nullptr;
    // See StoreSpec::name().
    std::string (*name_of)(const StoreSpec& spec) = nullptr;

    // ---- what others have to respect

    // Its stores are directories of this host: nothing is connected to. The first such engine keeps
    // the sessions of whoever configures nothing.
    bool is_local = false;
    bool stands_alone = false;    // no other store may be listed beside one
    bool holds_password = false;  // its entries may have user and password; see credentials.h

    // ---- opening

    Library library = {};
    // Completes "...: ". Why this build has no such store; null when it has.
    const char* missing = nullptr;
    // Connects to nothing yet, if that takes time. `index` is what sinks and events are told.
    // Errc::BadConfig where the store cannot be used. Null when the engine is missing.
    Result<OpenedStore> (*open)(const StoreSpec& spec, int index,
                                const OpenContext& context) = nullptr;
    std::span<const Remedy> remedies = {};
};

}  // namespace sessmirror::store
