// SPDX-License-Identifier: GPL-3.0-or-later
// Products of complex numbers held as two tensors of one shape.
#pragma once

#include <string_view>

#include "engine/autograd/ops_fourier.h"

namespace fc {

/// a b, element by element; the operands broadcast. Throws Error naming both shapes when they do not fit.
Spectrum complexMul(const Spectrum& a, const Spectrum& b);
/// a times the conjugate of b.
Spectrum complexMulConjugate(const Spectrum& a, const Spectrum& b);
/// einsum() of complex operands: matrix products, mixing of channels at each frequency.
Spectrum complexEinsum(std::string_view pattern, const Spectrum& a, const Spectrum& b);

}  // namespace fc
