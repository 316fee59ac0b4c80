// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/kernels/recurrent_cells.h"

namespace fc::kernels {

namespace {

void keep(const ForwardUnits& u, int column, Lanes value)
{
    storeLanes(u.gates + column * u.hidden, value, u.n);
}

Lanes kept(const BackwardUnits& u, int column)
{
    return loadLanes(u.gates + column * u.hidden, u.n);
}

void put(const BackwardUnits& u, int column, Lanes value)
{
    storeLanes(u.gates + column * u.hidden, value, u.n);
}

Lanes before(const float* state, std::int64_t n)
{
    return state != nullptr ? loadLanes(state, n) : Lanes{};
}

}  // namespace

void lstmUnits(const ForwardUnits& u, Lanes i, Lanes f, Lanes g, Lanes o)
{
    i = sigmoidOf(i);
    f = sigmoidOf(f);
    g = tanhOf(g);
    o = sigmoidOf(o);
    const Lanes c = f * before(u.cBefore, u.n) + i * g;
    storeLanes(u.c, c, u.n);
    storeLanes(u.h, o * tanhOf(c), u.n);
    if (u.gates == nullptr)
        return;
    keep(u, 0, i);
    keep(u, 1, f);
    keep(u, 2, g);
    keep(u, 3, o);
}

void gruUnits(const ForwardUnits& u, Lanes r, Lanes z, Lanes nInput, Lanes nHidden)
{
    r = sigmoidOf(r);
    z = sigmoidOf(z);
    const Lanes n = tanhOf(nInput + r * nHidden);
    storeLanes(u.h, n + z * (before(u.hBefore, u.n) - n), u.n);
    if (u.gates == nullptr)
        return;
    keep(u, 0, n);
    keep(u, 1, r);
    keep(u, 2, z);
    keep(u, 3, nHidden);
}

void tanhUnits(const ForwardUnits& u, Lanes sum)
{
    storeLanes(u.h, tanhOf(sum), u.n);
}

void reluUnits(const ForwardUnits& u, Lanes sum)
{
    storeLanes(u.h, sum < 0.0F ? Lanes{} : sum, u.n);
}

void lstmUnitsGrad(const BackwardUnits& u, Lanes dh)
{
    const Lanes i = kept(u, 0);
    const Lanes f = kept(u, 1);
    const Lanes g = kept(u, 2);
    const Lanes o = kept(u, 3);
    const Lanes t = tanhOf(loadLanes(u.c, u.n));
    const Lanes dc = loadLanes(u.carry, u.n) + dh * o * (1.0F - t * t);
    put(u, 0, dc * g * i * (1.0F - i));
    put(u, 1, dc * before(u.cBefore, u.n) * f * (1.0F - f));
    put(u, 2, dc * i * (1.0F - g * g));
    put(u, 3, dh * t * o * (1.0F - o));
    storeLanes(u.carry, dc * f, u.n);
}

void gruUnitsGrad(const BackwardUnits& u, Lanes dh)
{
    dh += loadLanes(u.carry, u.n);
    const Lanes n = kept(u, 0);
    const Lanes r = kept(u, 1);
    const Lanes z = kept(u, 2);
    const Lanes dSum = dh * (1.0F - z) * (1.0F - n * n);
    put(u, 0, dSum);
    put(u, 1, dSum * kept(u, 3) * r * (1.0F - r));
    put(u, 2, dh * (before(u.hBefore, u.n) - n) * z * (1.0F - z));
    put(u, 3, dSum * r);
    storeLanes(u.carry, dh * z, u.n);
}

void tanhUnitsGrad(const BackwardUnits& u, Lanes dh)
{
    const Lanes h = loadLanes(u.h, u.n);
    put(u, 0, dh * (1.0F - h * h));
}

void reluUnitsGrad(const BackwardUnits& u, Lanes dh)
{
    put(u, 0, loadLanes(u.h, u.n) > 0.0F ? dh : Lanes{});
}

}  // namespace fc::kernels
