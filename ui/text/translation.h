// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QCoreApplication;

namespace fc::ui {

/// The language of the person's locale where there is one, else English, whose plural forms come from a file
/// too.
void installTranslation(QCoreApplication& application);

}  // namespace fc::ui
