// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QObject>
#include <QThread>
#include <functional>
#include <memory>
#include <mutex>

#include "engine/base/message.h"

namespace fc::ui {

/// One background thread that answers slow questions in order. Made and used on one thread (the screen's),
/// where the answers arrive. A newer question of the same topic makes the older one obsolete: it is skipped
/// when it has not begun, and its answer is dropped when it has.
class Background : public QObject {
    Q_OBJECT

public:
    explicit Background(const QString& name);
    /// Waits for the question at work; no answer arrives afterwards.
    ~Background() override;

    /// An empty topic stands alone: the question is always answered.
    /// `question` runs on the background thread and must hold values only. An Error (or running out of
    /// memory) goes to `failed`; without one, to the signal failed().
    template <typename Question, typename Answer>
    void ask(const QString& topic, Question question, Answer answer,
             std::function<void(const Message&)> failed = {})
    {
        using Result = std::invoke_result_t<Question>;
        submit(
            topic,
            [question = std::move(question), answer = std::move(answer)]() mutable -> std::function<void()> {
                if constexpr (std::is_void_v<Result>) {
                    question();
                    return answer;
                } else {
                    auto result = std::make_shared<Result>(question());
                    return [result, answer = std::move(answer)] { answer(std::move(*result)); };
                }
            },
            std::move(failed));
    }

    /// Makes what was asked under `topic` obsolete.
    void drop(const QString& topic);
    bool isBusy() const { return m_open > 0; }

signals:
    void busyChanged(bool busy);
    void failed(const fc::Message& message);

private:
    /// Runs the question, gives what remains to be done on the screen's thread.
    using Task = std::function<std::function<void()>()>;
    void submit(const QString& topic, Task task, std::function<void(const Message&)> failed);
    void run(const QString& topic, quint64 id, const Task& task,
             const std::function<void(const Message&)>& failed);
    bool isCurrent(const QString& topic, quint64 id);
    void finish(const QString& topic, quint64 id, const std::function<void()>& deliver);

    QThread m_thread;
    QObject* m_worker = nullptr;
    std::mutex m_mutex;
    QHash<QString, quint64> m_latest;  // guarded by m_mutex
    quint64 m_lastId = 0;
    int m_open = 0;
    bool m_closing = false;  // guarded by m_mutex
};

}  // namespace fc::ui
