// SPDX-License-Identifier: GPL-2.0-only
// What stands behind the key of a filter's term, read. Internal to viz/model.
#pragma once

#include <expected>

#include "viz/model/filter.hpp"
#include "viz/model/filter_lexer.hpp"

namespace mailroom::viz {

std::expected<FilterTerm, FilterError> read_filter_values(const FilterKeyInfo& key, const FilterToken& token);

}  // namespace mailroom::viz
