// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/pass.h"

#include <cassert>

#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_random.h"

namespace fc {

Tensor dropout(const Tensor& x, double share, const Pass& pass)
{
    if (!pass.training || share <= 0)
        return x;
    assert(pass.rng);
    return dropout(x, static_cast<float>(share), *pass.rng);
}

Tensor dropPath(const Tensor& x, double share, const Pass& pass)
{
    if (!pass.training || share <= 0)
        return x;
    Shape samples = x.shape();
    for (int i = 1; i < samples.rank(); ++i)
        samples[i] = 1;
    return mul(x, dropout(Tensor::full(samples, 1.0F), share, pass));
}

}  // namespace fc
