// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>

#include "engine/tensor/tensor.h"

namespace fc::app {

/// The blocks of a byte-level language model, for measuring only: four pre-norm blocks of rotary attention
/// and gated feed-forward, 256 wide, trained on random bytes with cross-entropy, clipping and AdamW.
class LanguageModel {
public:
    LanguageModel(std::int64_t length, std::int64_t batch);
    ~LanguageModel();
    LanguageModel(const LanguageModel&) = delete;
    LanguageModel& operator=(const LanguageModel&) = delete;

    std::int64_t parameters() const;
    /// One training step on the next batch; returns its loss.
    double step();
    /// The logits of all positions of one sequence, without gradients.
    Tensor forecast() const;

private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace fc::app
