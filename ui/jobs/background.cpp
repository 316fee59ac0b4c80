// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/background.h"

#include <new>

#include "engine/base/error.h"

namespace fc::ui {

Background::Background(const QString& name) : m_worker(new QObject)
{
    m_thread.setObjectName(name);
    m_worker->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
    m_thread.start();
}

Background::~Background()
{
    {
        const std::lock_guard lock(m_mutex);
        m_closing = true;
    }
    m_thread.quit();
    m_thread.wait();
}

void Background::drop(const QString& topic)
{
    const std::lock_guard lock(m_mutex);
    m_latest[topic] = ++m_lastId;
}

void Background::submit(const QString& topic, Task task, std::function<void(const Message&)> failed)
{
    quint64 id = 0;
    {
        const std::lock_guard lock(m_mutex);
        id = ++m_lastId;
        if (!topic.isEmpty())
            m_latest[topic] = id;
    }
    if (++m_open == 1)
        emit busyChanged(true);
    QMetaObject::invokeMethod(
        m_worker,
        [this, topic, id, task = std::move(task), failed = std::move(failed)] {
            run(topic, id, task, failed);
        },
        Qt::QueuedConnection);
}

void Background::run(const QString& topic, quint64 id, const Task& task,
                     const std::function<void(const Message&)>& failed)
{
    std::function<void()> deliver;
    const auto report = [&](const Message& message) {
        deliver = [this, message, failed] { failed ? failed(message) : emit this->failed(message); };
    };
    if (isCurrent(topic, id)) {
        try {
            deliver = task();
        } catch (const Error& error) {
            report(error.message());
        } catch (const std::bad_alloc&) {
            report(Message(
                TR("engine",
                   "There is not enough memory for this. Close other programs or use a smaller series.")));
        } catch (const std::exception& error) {
            report(Message(TR("engine", "The request could not be finished: %1."), error.what()));
        }
    }
    QMetaObject::invokeMethod(
        this, [this, topic, id, deliver = std::move(deliver)] { finish(topic, id, deliver); },
        Qt::QueuedConnection);
}

bool Background::isCurrent(const QString& topic, quint64 id)
{
    const std::lock_guard lock(m_mutex);
    return !m_closing && (topic.isEmpty() || m_latest.value(topic) == id);
}

void Background::finish(const QString& topic, quint64 id, const std::function<void()>& deliver)
{
    if (--m_open == 0)
        emit busyChanged(false);
    if (deliver && isCurrent(topic, id))
        deliver();
}

}  // namespace fc::ui
