// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/features/feature.h"

namespace fc {

/// A feature of a recipe. Switched off, written "-rsi(period=14)", it keeps its place and is not computed:
/// parseFeatures() leaves it out.
struct ListedFeature {
    FeatureSpec spec;
    bool isOn = true;

    std::string text() const { return (isOn ? "" : "-") + spec.text(); }

    bool operator==(const ListedFeature& other) const
    {
        return isOn == other.isOn && spec.id == other.spec.id && spec.values == other.spec.values;
    }
};

/// The list of parseFeatures() with what is switched off.
std::vector<ListedFeature> parseFeatureList(std::string_view text);

}  // namespace fc
