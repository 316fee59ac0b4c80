// SPDX-License-Identifier: GPL-3.0-or-later
// Between the engine's UTF-8 and the screen: the only place that converts, translates and formats.
#pragma once

#include <QString>
#include <cstdint>
#include <filesystem>
#include <string>

#include "engine/base/message.h"
#include "engine/store/records.h"

namespace fc::ui {

QString fromUtf8(const std::string& text);
std::string toUtf8(const QString& text);
std::filesystem::path toPath(const QString& path);
QString fromPath(const std::filesystem::path& path);

/// The sentence in the language of the screen; arguments stay as they are.
QString sentence(const Message& message);
/// An English literal of the engine (label, help, summary) in the language of the screen.
QString engineText(const std::string& english);

/// For tool tips made of other people's words, which must not be taken for markup.
QString plainToolTip(const QString& text);

/// About `digits` significant digits in the person's locale, "–" when not finite.
QString number(double value, int digits = 5);
QString count(std::int64_t value);
/// A fraction as "12.3%".
QString percent(double fraction);
/// "1.2 s", "3:07", "2:15:09"; "–" when negative or not finite.
QString duration(double seconds);
/// "512 B", "1.4 MB".
QString fileSize(std::int64_t bytes);
/// "2024-04-13T17:00:00.123Z" as "2024-04-13 17:00:00" in UTC.
QString dateTime(const std::string& iso);

QString stateText(RunState state);
/// "mae" -> "MAE"; an unknown metric keeps its name.
QString metricText(const std::string& metric);
QString partText(const std::string& part);
/// The model's label; an unknown model keeps its id.
QString modelText(const std::string& id);
/// "learning_rate" -> "Learning rate"; an unknown kind keeps its name.
QString eventText(const std::string& kind);

}  // namespace fc::ui
