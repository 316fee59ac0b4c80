// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/data/transforms.h"

namespace fc {

/// The columns of two series side by side.
struct JoinParams {
    std::string other;
    std::string how = "left";
    std::string columns;
    std::string prefix;
    std::string stamps = "start";

    void describe(ParamVisitor& v);
};

/// inner: stamps that both have; left: those of `series`; outer: those of either; asof: those of `series`,
/// with the newest row of `other` that was complete by then. A stamp is the beginning of its step (stamps =
/// start), so that a row is known one step later; with stamps = instant it is known at once. Columns of
/// `other` lose their roles, and get the prefix where the name is taken. Throws UsageError for inner, left
/// and outer where the steps differ and stamps are beginnings: the longer step would show what had not
/// happened yet.
TransformResult joinSeries(const Series& series, const Series& other, const JoinParams& params);

}  // namespace fc
