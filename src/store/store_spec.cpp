// SPDX-License-Identifier: BSD-3-Clause
#include "store/store_spec.h"

#include "store/engine.h"
#include "store/notation.h"

namespace sessmirror::store {

std::string StoreSpec::name() const {
    return engine != nullptr ? engine->name_of(*this) : address_text(*this);
}

}  // namespace sessmirror::store
