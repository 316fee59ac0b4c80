// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/training/batch_feed.h"

#include <algorithm>
#include <utility>

#include "engine/base/float_mode.h"

namespace fc {

namespace {

/// Bytes of a batch from which on a second thread pays: to hand a batch over takes about 8 microseconds, to
/// copy so much about 20.
constexpr std::int64_t worthwhileBytes = std::int64_t{1} << 20;

bool pays(const Dataset& dataset, std::int64_t windows)
{
    const Task& task = dataset.task;
    const std::int64_t numbers =
        std::int64_t{task.length} * (task.channels + task.pastCovariates + task.futureCovariates) +
        std::int64_t{task.horizon} * (task.channels + task.futureCovariates);
    if (std::thread::hardware_concurrency() < 2)
        return false;
    // A row on disk may have to be read.
    return dataset.scratch || windows * numbers * static_cast<std::int64_t>(sizeof(float)) >= worthwhileBytes;
}

}  // namespace

BatchFeed::BatchFeed(const Dataset& dataset, Prefetch prefetch, std::int64_t windowsPerBatch)
    : m_dataset(dataset)
{
    if (prefetch == Prefetch::Always || (prefetch == Prefetch::Auto && pays(dataset, windowsPerBatch)))
        m_producer.emplace([this] { produce(); });
}

BatchFeed::~BatchFeed()
{
    if (!m_producer)
        return;
    {
        const std::lock_guard lock(m_mutex);
        m_quit = true;
    }
    m_changed.notify_all();
    m_producer->join();
}

void BatchFeed::fill(const Dataset& dataset, Slot& slot)
{
    try {
        gather(dataset, slot.windows, slot.batch);
    } catch (...) {
        slot.failure = std::current_exception();
    }
}

void BatchFeed::produce()
{
    const FlushDenormals asInTraining;
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_changed.wait(lock, [this] { return m_quit || m_order != nullptr; });
        if (m_quit)
            return;
        Slot& slot = *m_order;
        lock.unlock();
        fill(m_dataset, slot);
        lock.lock();
        m_order = nullptr;
        m_changed.notify_all();
    }
}

void BatchFeed::announce(std::span<const std::int64_t> windows)
{
    if (!m_producer || m_announced)
        return;
    Slot& slot = m_slots[m_next];
    slot.windows.assign(windows.begin(), windows.end());
    m_announced = true;
    {
        const std::lock_guard lock(m_mutex);
        m_order = &slot;
    }
    m_changed.notify_all();
}

const Batch& BatchFeed::take(std::span<const std::int64_t> windows)
{
    Slot& slot = m_slots[m_next];
    m_next = 1 - m_next;
    if (m_announced) {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_order == nullptr; });
    }
    if (!m_announced || !std::ranges::equal(slot.windows, windows)) {
        slot.failure = nullptr;
        slot.windows.assign(windows.begin(), windows.end());
        fill(m_dataset, slot);
    }
    m_announced = false;
    if (slot.failure)
        std::rethrow_exception(std::exchange(slot.failure, nullptr));
    return slot.batch;
}

}  // namespace fc
