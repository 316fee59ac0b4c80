// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/text/text.h"

#include <QCoreApplication>
#include <QFile>
#include <QLocale>
#include <algorithm>
#include <cmath>
#include <map>

#include "engine/models/model.h"

namespace fc::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(text)
};

const QString dash = QStringLiteral("–");

}  // namespace

QString fromUtf8(const std::string& text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

std::string toUtf8(const QString& text)
{
    return text.toStdString();
}

std::filesystem::path toPath(const QString& path)
{
    return std::filesystem::path(QFile::encodeName(path).toStdString());
}

QString fromPath(const std::filesystem::path& path)
{
    return QFile::decodeName(QByteArray::fromStdString(path.string()));
}

QString sentence(const Message& message)
{
    const QString pattern = QCoreApplication::translate("engine", message.pattern().c_str());
    return fromUtf8(Message::fill(toUtf8(pattern), message.args()));
}

QString engineText(const std::string& english)
{
    return english.empty() ? QString() : QCoreApplication::translate("engine", english.c_str());
}

QString plainToolTip(const QString& text)
{
    return QStringLiteral("<qt>%1</qt>").arg(text.toHtmlEscaped());
}

QString number(double value, int digits)
{
    if (!std::isfinite(value))
        return dash;
    const double size = std::abs(value);
    const QLocale locale;
    if (size != 0 && (size < 1e-4 || size >= 1e9))
        return locale.toString(value, 'g', digits - 1);
    if (size == 0)
        return locale.toString(0);
    const int whole =
        static_cast<int>(std::floor(std::log10(size))) + 1;  // digits before the point; below 0 for 0.00…
    return locale.toString(value, 'f', std::max(digits - whole, 0));
}

QString count(std::int64_t value)
{
    return QLocale().toString(static_cast<qlonglong>(value));
}

QString percent(double fraction)
{
    return std::isfinite(fraction) ? Words::tr("%1%").arg(QLocale().toString(100 * fraction, 'f', 1)) : dash;
}

QString duration(double seconds)
{
    if (!std::isfinite(seconds) || seconds < 0)
        return dash;
    if (seconds < 10)
        return Words::tr("%1 s").arg(QLocale().toString(seconds, 'f', 1));
    const auto whole = static_cast<std::int64_t>(std::llround(seconds));
    if (whole < 60)
        return Words::tr("%1 s").arg(whole);
    const QChar zero = u'0';
    const QString tail = QStringLiteral("%1").arg(whole % 60, 2, 10, zero);
    if (whole < 3600)
        return QStringLiteral("%1:%2").arg(whole / 60).arg(tail);
    return QStringLiteral("%1:%2:%3").arg(whole / 3600).arg(whole / 60 % 60, 2, 10, zero).arg(tail);
}

QString fileSize(std::int64_t bytes)
{
    return QLocale().formattedDataSize(bytes, 1, QLocale::DataSizeTraditionalFormat);
}

QString dateTime(const std::string& iso)
{
    if (iso.empty())
        return {};
    QString text = fromUtf8(iso).left(19);
    return text.replace(u'T', u' ');
}

QString stateText(RunState state)
{
    switch (state) {
        case RunState::Queued:
            return Words::tr("Queued");
        case RunState::Running:
            return Words::tr("Running");
        case RunState::Paused:
            return Words::tr("Paused");
        case RunState::Finished:
            return Words::tr("Finished");
        case RunState::Stopped:
            return Words::tr("Stopped");
        case RunState::Failed:
            return Words::tr("Failed");
        case RunState::Interrupted:
            return Words::tr("Interrupted");
    }
    return {};
}

QString metricText(const std::string& metric)
{
    static const std::map<std::string, const char*> names = {
        {"mae", QT_TRANSLATE_NOOP("text", "MAE")},
        {"mse", QT_TRANSLATE_NOOP("text", "MSE")},
        {"rmse", QT_TRANSLATE_NOOP("text", "RMSE")},
        {"mape", QT_TRANSLATE_NOOP("text", "MAPE")},
        {"smape", QT_TRANSLATE_NOOP("text", "sMAPE")},
        {"mase", QT_TRANSLATE_NOOP("text", "MASE")},
        {"r2", QT_TRANSLATE_NOOP("text", "R²")},
        {"directional_accuracy", QT_TRANSLATE_NOOP("text", "Direction")},
        {"bias", QT_TRANSLATE_NOOP("text", "Bias")},
        {"wape", QT_TRANSLATE_NOOP("text", "WAPE")},
        {"pinball", QT_TRANSLATE_NOOP("text", "Pinball loss")},
        {"crps", QT_TRANSLATE_NOOP("text", "CRPS")},
        {"coverage_80", QT_TRANSLATE_NOOP("text", "Coverage of 80%")},
    };
    const auto found = names.find(metric);
    return found == names.end() ? fromUtf8(metric) : Words::tr(found->second);
}

QString partText(const std::string& part)
{
    if (part == "train")
        return Words::tr("Train");
    if (part == "validation")
        return Words::tr("Validation");
    return part == "test" ? Words::tr("Test") : fromUtf8(part);
}

QString modelText(const std::string& id)
{
    for (const ModelEntry& entry : models())
        if (entry.id == id)
            return engineText(entry.label);
    return fromUtf8(id);
}

QString eventText(const std::string& kind)
{
    static const std::map<std::string, const char*> names = {
        {"started", QT_TRANSLATE_NOOP("text", "Started")},
        {"continued", QT_TRANSLATE_NOOP("text", "Continued")},
        {"paused", QT_TRANSLATE_NOOP("text", "Paused")},
        {"resumed", QT_TRANSLATE_NOOP("text", "Resumed")},
        {"learning_rate", QT_TRANSLATE_NOOP("text", "Learning rate")},
        {"stopped", QT_TRANSLATE_NOOP("text", "Stopped")},
        {"finished", QT_TRANSLATE_NOOP("text", "Finished")},
        {"failed", QT_TRANSLATE_NOOP("text", "Failed")},
        {"interrupted", QT_TRANSLATE_NOOP("text", "Interrupted")},
        {"warning", QT_TRANSLATE_NOOP("text", "Warning")},
    };
    const auto found = names.find(kind);
    return found == names.end() ? fromUtf8(kind) : Words::tr(found->second);
}

}  // namespace fc::ui
