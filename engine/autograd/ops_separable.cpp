// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/autograd/ops_separable.h"

namespace fc {

Tensor separableConv1d(const Tensor& x, const Tensor& depth, const Tensor& point, const Tensor& bias,
                       Conv1dOptions options)
{
    const bool fits = x.rank() == 3 && depth.rank() == 3 && depth.size(1) == 1 && x.size(1) > 0 &&
                      depth.size(0) % x.size(1) == 0 && point.rank() == 3 && point.size(1) == depth.size(0) &&
                      point.size(2) == 1;
    if (!fits)
        throw Error(
            Message(TR("engine",
                       "The operation separableConv1d needs kernels [C m, 1, size] and [O, C m, 1] for the "
                       "shape %1, but got %2 and %3."),
                    print(x.shape()), print(depth.shape()), print(point.shape())));
    options.groups = x.size(1);
    return conv1d(conv1d(x, depth, {}, options), point, bias);
}

}  // namespace fc
