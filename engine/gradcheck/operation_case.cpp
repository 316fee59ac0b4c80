// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/gradcheck/operation_case.h"

#include "engine/autograd/ops_math.h"
#include "engine/nn/init.h"

namespace fc {

GradientCase operation(const std::string& name, const std::function<Tensor(const List& inputs)>& f,
                       const std::vector<Shape>& shapes, float low, float high)
{
    Rng rng(5);
    const Init values = uniformInit(double{low}, double{high});
    GradientCase result{.name = name, .tensors = {}, .outputs = {}};
    List inputs;
    for (const Shape& shape : shapes) {
        inputs.push_back(Tensor::empty(shape));
        values(inputs.back(), rng);
        result.tensors.push_back({"input " + std::to_string(inputs.size()), inputs.back()});
    }
    result.outputs = [f, inputs] { return List{f(inputs)}; };
    return result;
}

Tensor apart(const Tensor& x)
{
    Tensor ramp = Tensor::empty(x.shape());
    for (std::int64_t i = 0; i < x.count(); ++i)
        ramp.data()[i] = static_cast<float>(i * 7 % x.count());
    return 0.3F * x + ramp;
}

}  // namespace fc
