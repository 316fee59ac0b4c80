// SPDX-License-Identifier: GPL-3.0-or-later
// Runs the built program for tests.
#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QString>
#include <QStringList>

namespace fc {

/// What a run of the program said.
struct Outcome {
    int status = -1;  ///< -1: it crashed or did not end
    QByteArray output;
    QByteArray errors;

    /// The last line on standard error.
    QString lastLine() const { return QString::fromUtf8(errors.trimmed().split('\n').last()); }
    QJsonObject object() const { return QJsonDocument::fromJson(output).object(); }
    QJsonArray array() const { return QJsonDocument::fromJson(output).array(); }
};

inline Outcome outcomeOf(QProcess& process)
{
    process.waitForFinished(300000);
    const bool ended =
        process.state() == QProcess::NotRunning && process.exitStatus() == QProcess::NormalExit;
    return {.status = ended ? process.exitCode() : -1,
            .output = process.readAllStandardOutput(),
            .errors = process.readAllStandardError()};
}

inline Outcome program(const QStringList& arguments)
{
    QProcess process;
    process.start(QStringLiteral(FC_PROGRAM), arguments);
    return outcomeOf(process);
}

}  // namespace fc
