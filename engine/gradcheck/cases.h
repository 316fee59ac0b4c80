// SPDX-License-Identifier: GPL-3.0-or-later
// What has gradients in this program, small enough to check all of it in seconds.
#pragma once

#include "engine/gradcheck/gradcheck.h"
#include "engine/models/model.h"

namespace fc {

/// Every operation of engine/autograd; a case's name begins with that of its operation.
std::vector<GradientCase> operationCases();
/// Every layer of engine/nn, its weights and its inputs.
std::vector<GradientCase> layerCases();
/// Every training loss, with respect to the forecast.
std::vector<GradientCase> lossCases();
/// A model of the registry on a random batch with all the covariates it can use: every weight, and the past.
/// `values` over sizes that are small enough to check. Throws UsageError when a value is wrong.
GradientCase modelCase(const ModelEntry& entry, const ParamValues& values = {});
/// The model with its defaults, and with every other choice of a setting that has choices.
std::vector<GradientCase> modelCases(const ModelEntry& entry);

}  // namespace fc
