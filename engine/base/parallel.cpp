// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/parallel.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/base/float_mode.h"

namespace fc {

namespace {

/// One loop in progress; workers and the caller take blocks from it until none is left.
struct Loop {
    std::int64_t count;
    std::int64_t grain;
    const std::function<void(std::int64_t, std::int64_t)>* body;
    std::uint64_t floatMode = fc::floatMode();  ///< of the caller; helpers compute alike
    std::atomic<std::int64_t> next{0};
    std::atomic<int> helpersInside{0};
    std::mutex mutex{};
    std::condition_variable left{};
    std::exception_ptr failure{};

    void work()
    {
        for (;;) {
            const std::int64_t begin = next.fetch_add(1) * grain;
            if (begin >= count)
                return;
            try {
                (*body)(begin, std::min(count, begin + grain));
            } catch (...) {
                const std::lock_guard lock(mutex);
                if (!failure)
                    failure = std::current_exception();
            }
        }
    }
};

/// Asks again and again for about 40 microseconds: between two loops of a training step that is shorter than
/// to sleep and be woken.
template <typename Condition>
bool holdsSoon(const Condition& condition)
{
    for (int i = 0; i < 1000; ++i) {
        if (condition())
            return true;
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
    }
    return false;
}

/// Threads that wait for loops. Belongs to the thread that made it, so two trainings never share workers.
class Workers {
public:
    ~Workers() { resize(0); }

    void run(Loop& loop, int helpers)
    {
        if (static_cast<int>(m_threads.size()) != helpers)
            resize(helpers);
        open(&loop);
        loop.work();
        // A helper that has not come by now is not waited for.
        {
            const std::lock_guard lock(m_mutex);
            m_loop = nullptr;
        }
        const auto isAlone = [&loop] { return loop.helpersInside.load(std::memory_order_acquire) == 0; };
        if (holdsSoon(isAlone)) {
            // The last helper may still hold the loop's mutex.
            const std::lock_guard lock(loop.mutex);
            return;
        }
        std::unique_lock lock(loop.mutex);
        loop.left.wait(lock, isAlone);
    }

private:
    void open(Loop* loop)
    {
        bool somebodySleeps = false;
        {
            const std::lock_guard lock(m_mutex);
            m_loop = loop;
            m_round.fetch_add(1, std::memory_order_release);
            somebodySleeps = m_sleeping > 0;
        }
        if (somebodySleeps)
            m_wake.notify_all();
    }

    void resize(int helpers)
    {
        {
            const std::lock_guard lock(m_mutex);
            m_quit = true;
            m_round.fetch_add(1, std::memory_order_release);
        }
        m_wake.notify_all();
        for (std::thread& thread : m_threads)
            thread.join();
        m_threads.clear();
        m_quit = false;
        for (int i = 0; i < helpers; ++i)
            m_threads.emplace_back([this, seen = m_round.load()] { serve(seen); });
    }

    /// The loop of the next round, entered; nullptr when it is over already or the workers are to end.
    Loop* nextLoop(std::uint64_t& seen)
    {
        const auto isNew = [&] { return m_round.load(std::memory_order_acquire) != seen; };
        const bool soon = holdsSoon(isNew);
        std::unique_lock lock(m_mutex);
        if (!soon) {
            ++m_sleeping;
            m_wake.wait(lock, isNew);
            --m_sleeping;
        }
        seen = m_round.load(std::memory_order_relaxed);
        if (m_loop != nullptr)
            m_loop->helpersInside.fetch_add(1, std::memory_order_relaxed);
        return m_loop;
    }

    void serve(std::uint64_t seen)
    {
        while (!m_quit) {
            Loop* loop = nextLoop(seen);
            if (loop == nullptr)
                continue;
            setFloatMode(loop->floatMode);
            loop->work();
            const std::lock_guard lock(loop->mutex);
            if (loop->helpersInside.fetch_sub(1, std::memory_order_release) == 1)
                loop->left.notify_one();
        }
    }

    std::vector<std::thread> m_threads;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    Loop* m_loop = nullptr;  ///< nullptr when no helper may enter
    std::atomic<std::uint64_t> m_round{0};
    int m_sleeping = 0;
    std::atomic<bool> m_quit = false;
};

struct ThreadPlan {
    int count = 1;
    bool inLoop = false;
    Workers workers;
};

ThreadPlan& plan()
{
    thread_local ThreadPlan instance;
    return instance;
}

}  // namespace

void setThreadCount(int count)
{
    const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    plan().count = count <= 0 ? cores : std::min(count, 256);
}

int threadCount()
{
    return plan().count;
}

void parallelFor(std::int64_t count, std::int64_t grain,
                 const std::function<void(std::int64_t, std::int64_t)>& body)
{
    const std::int64_t blocks = (count + grain - 1) / grain;
    ThreadPlan& mine = plan();
    const int helpers = static_cast<int>(std::min<std::int64_t>(mine.count, blocks)) - 1;
    if (helpers <= 0 || mine.inLoop) {
        for (std::int64_t begin = 0; begin < count; begin += grain)
            body(begin, std::min(count, begin + grain));
        return;
    }
    Loop loop{.count = count, .grain = grain, .body = &body};
    mine.inLoop = true;
    mine.workers.run(loop, mine.count - 1);
    mine.inLoop = false;
    if (loop.failure)
        std::rethrow_exception(loop.failure);
}

}  // namespace fc
