// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/training/finite.h"

#include <cmath>

#include "engine/tensor/kernels/kernels_optim.h"

namespace fc {

namespace {

[[noreturn]] void refuse(const char* pattern, const std::string& tensor, std::int64_t step)
{
    throw Error(Message(pattern, tensor, step));
}

}  // namespace

bool isFinite(const Tensor& tensor)
{
    const Tensor whole = tensor.to(DType::F32).contiguous();
    return std::isfinite(kernels::absoluteMaximum(whole.count(), whole.data()));
}

void refuseLoss(const Optimizer& optimizer, std::int64_t step)
{
    for (const NamedWeight& weight : optimizer.weights()) {
        if (!isFinite(weight.value)) {
            refuse(
                TR("engine",
                   "The weight \"%1\" is no longer a finite number at step %2. Try a smaller learning rate "
                   "or a smaller clip_norm."),
                weight.name, step);
        }
    }
    refuse(
        TR("engine",
           "The %1 is no longer a finite number at step %2. Try a smaller learning rate, or another scaler "
           "when the series has very large values."),
        "loss", step);
}

void checkGradients(std::span<const Tensor> gradients, double norm, const Optimizer& optimizer,
                    std::int64_t step)
{
    if (std::isfinite(norm))
        return;
    for (std::size_t i = 0; i < gradients.size(); ++i) {
        if (!isFinite(gradients[i]))
            refuse(TR("engine",
                      "The gradient of \"%1\" is no longer a finite number at step %2. Try a smaller "
                      "learning rate, or set clip_norm."),
                   optimizer.weights()[i].name, step);
    }
    // Each value is finite, their sum of squares is not.
    refuse(TR("engine", "The %1 is no longer a finite number at step %2. Try a smaller learning rate."),
           "gradient norm", step);
}

}  // namespace fc
