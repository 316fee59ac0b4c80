// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "engine/features/dataset.h"

namespace fc {

/// Whether a training gathers its batches on a thread of its own. Auto: where that takes longer than to hand
/// a batch over.
enum class Prefetch { Auto, Never, Always };

/// The batches of a training. With a producer, the batch asked for next is gathered while the step before it
/// computes; two batches take turns, so that a steady step allocates nothing. Order and numbers are those of
/// gathering in place. For one thread, the training's; the producer is its own.
class BatchFeed {
public:
    BatchFeed(const Dataset& dataset, Prefetch prefetch, std::int64_t windowsPerBatch);
    ~BatchFeed();
    BatchFeed(const BatchFeed&) = delete;
    BatchFeed& operator=(const BatchFeed&) = delete;

    /// The batch of `windows`, from the producer when they were announced. Valid until the next but one call;
    /// nobody may hold its tensors longer. Throws what gathering throws.
    const Batch& take(std::span<const std::int64_t> windows);
    /// Says which windows the next take() wants. Does nothing without a producer.
    void announce(std::span<const std::int64_t> windows);

    bool hasProducer() const { return m_producer.has_value(); }

private:
    struct Slot {
        std::vector<std::int64_t> windows;
        Batch batch;
        std::exception_ptr failure;
    };

    void produce();
    static void fill(const Dataset& dataset, Slot& slot);

    const Dataset& m_dataset;
    std::array<Slot, 2> m_slots;
    std::size_t m_next = 0;    ///< the slot of the next take()
    bool m_announced = false;  ///< that slot is the producer's, or was filled by it
    std::mutex m_mutex;
    std::condition_variable m_changed;
    Slot* m_order = nullptr;  ///< what the producer is to fill, under the mutex
    bool m_quit = false;      ///< under the mutex
    std::optional<std::thread> m_producer;
};

}  // namespace fc
