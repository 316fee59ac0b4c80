// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "engine/io/table_text.h"

namespace fc {

/// True for bytes that start like sound in WAV, AIFF or FLAC.
bool looksLikeSound(std::string_view head);

/// The amplitudes of a sound, -1 .. 1, one column for each channel; the times are whole microseconds from its
/// start and count from 1970. Throws Error when it is damaged or too long to be a table.
TableText readSound(std::string bytes, const ImportControl& control);

}  // namespace fc
