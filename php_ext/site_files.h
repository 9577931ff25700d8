// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>

#include "base/result.h"
#include "directives.h"

namespace sessmirror::shim {

// The files that sessmirror.secret_file and sessmirror.stores_file name. A server that is started
// by root reads them in MINIT, before it drops its privileges, so they may be readable for root
// alone; what was read is inherited by its workers. A file that could not be read then, or that is
// named later (in the configuration of a pool), is read by the worker at its first session.

// Never fails: the worker tries again, and says why.
void read_site_files_early(std::string_view secret_file, std::string_view stores_file) noexcept;
void drop_site_files() noexcept;

// Puts their contents into the settings. Errc::BadConfig names directive, file and reason.
// REQUIRES: called inside of guarded()
Status apply_site_files(Settings& settings);

}  // namespace sessmirror::shim
