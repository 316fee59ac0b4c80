// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/pass.h"

#include <cassert>

#include "engine/autograd/ops_random.h"

namespace fc {

Tensor dropout(const Tensor& x, double share, const Pass& pass)
{
    if (!pass.training || share <= 0)
        return x;
    assert(pass.rng);
    return dropout(x, static_cast<float>(share), *pass.rng);
}

}  // namespace fc
