// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <iterator>

#include "engine/gradcheck/cases.h"
#include "engine/gradcheck/operation_case.h"

namespace fc {

std::vector<GradientCase> operationCases()
{
    std::vector<GradientCase> all;
    for (const auto make : {mathCases, reductionCases, shapeCases, productCases, convolutionCases, blockCases,
                            compositionCases})
        std::ranges::move(make(), std::back_inserter(all));
    return all;
}

}  // namespace fc
