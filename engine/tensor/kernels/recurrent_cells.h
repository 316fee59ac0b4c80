// SPDX-License-Identifier: GPL-3.0-or-later
// What a recurrent step does to one register of hidden units, forward and back. Functions rather than parts
// of the tiles, so that tiles of all sizes round alike.
#pragma once

#include "engine/tensor/kernels/kernels_recurrent.h"
#include "engine/tensor/kernels/lanes.h"

namespace fc::kernels {

/// Where units [u, u + n) of a row of the batch lie in a step.
struct ForwardUnits {
    std::int64_t n;
    std::int64_t hidden;
    const float* hBefore;  ///< null for zeros
    const float* cBefore;
    float* gates;  ///< first of the columns, the next ones `hidden` on; null when not kept
    float* c;
    float* h;
};
struct BackwardUnits {
    std::int64_t n;
    std::int64_t hidden;
    const float* hBefore;
    const float* cBefore;
    const float* h;
    const float* c;
    float* gates;
    float* carry;
};

void lstmUnits(const ForwardUnits& u, Lanes i, Lanes f, Lanes g, Lanes o);
void gruUnits(const ForwardUnits& u, Lanes r, Lanes z, Lanes nInput, Lanes nHidden);
void tanhUnits(const ForwardUnits& u, Lanes sum);
void reluUnits(const ForwardUnits& u, Lanes sum);

/// dh: the whole gradient of the step's h.
void lstmUnitsGrad(const BackwardUnits& u, Lanes dh);
void gruUnitsGrad(const BackwardUnits& u, Lanes dh);
void tanhUnitsGrad(const BackwardUnits& u, Lanes dh);
void reluUnitsGrad(const BackwardUnits& u, Lanes dh);

}  // namespace fc::kernels
