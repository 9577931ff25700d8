// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "store/engine.h"

namespace sessmirror::store {

// MariaDB and MySQL are an option of the build (MariaDB Connector/C speaks to both).
extern const Engine kMysqlEngine;

}  // namespace sessmirror::store
