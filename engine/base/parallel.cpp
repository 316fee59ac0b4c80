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
    std::atomic<int> helpersLeft{0};
    std::mutex mutex{};
    std::condition_variable done{};
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

/// Threads that wait for loops. Belongs to the thread that made it, so two trainings never share workers.
class Workers {
public:
    ~Workers() { resize(0); }

    void run(Loop& loop, int helpers)
    {
        if (static_cast<int>(m_threads.size()) != helpers)
            resize(helpers);
        loop.helpersLeft = helpers;
        {
            const std::lock_guard lock(m_mutex);
            m_loop = &loop;
            ++m_round;
        }
        m_wake.notify_all();
        loop.work();
        std::unique_lock lock(loop.mutex);
        loop.done.wait(lock, [&] { return loop.helpersLeft.load() == 0; });
    }

private:
    void resize(int helpers)
    {
        {
            const std::lock_guard lock(m_mutex);
            m_quit = true;
        }
        m_wake.notify_all();
        for (std::thread& thread : m_threads)
            thread.join();
        m_threads.clear();
        m_quit = false;
        for (int i = 0; i < helpers; ++i)
            m_threads.emplace_back([this, seen = m_round] { serve(seen); });
    }

    void serve(std::uint64_t seen)
    {
        for (;;) {
            Loop* loop = nullptr;
            {
                std::unique_lock lock(m_mutex);
                m_wake.wait(lock, [&] { return m_quit || m_round != seen; });
                if (m_quit)
                    return;
                seen = m_round;
                loop = m_loop;
            }
            setFloatMode(loop->floatMode);
            loop->work();
            const std::lock_guard lock(loop->mutex);
            if (--loop->helpersLeft == 0)
                loop->done.notify_one();
        }
    }

    std::vector<std::thread> m_threads;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    Loop* m_loop = nullptr;
    std::uint64_t m_round = 0;
    bool m_quit = false;
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
