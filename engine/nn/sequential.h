// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <concepts>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "engine/nn/pass.h"
#include "engine/nn/weights.h"

namespace fc {

/// Layers one after the other, their weights under "0.", "1.", … as in torch.nn.Sequential; what has no
/// weights counts as well.
///
///     Sequential net(scope);
///     net.add([](const WeightScope& at) { return Linear(at, 8, 16); });
///     net.add([](const WeightScope&) { return [](const Tensor& x) { return relu(x); }; });
class Sequential {
public:
    explicit Sequential(WeightScope scope) : m_scope(std::move(scope)) {}

    /// `make(scope)` gives a layer that is called with a tensor, or with a tensor and a Pass.
    template <typename Make>
    void add(const Make& make)
    {
        auto layer = make(m_scope.sub(std::to_string(m_layers.size())));
        if constexpr (std::invocable<const decltype(layer)&, const Tensor&, const Pass&>)
            m_layers.emplace_back(std::move(layer));
        else
            m_layers.emplace_back(
                [layer = std::move(layer)](const Tensor& x, const Pass&) { return layer(x); });
    }

    std::size_t size() const { return m_layers.size(); }

    Tensor operator()(const Tensor& x, const Pass& pass) const
    {
        Tensor h = x;
        for (const auto& layer : m_layers)
            h = layer(h, pass);
        return h;
    }

private:
    WeightScope m_scope;
    std::vector<std::function<Tensor(const Tensor& x, const Pass& pass)>> m_layers;
};

}  // namespace fc
