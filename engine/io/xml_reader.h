// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "engine/io/byte_source.h"

namespace fc {

using XmlAttributes = std::map<std::string, std::string, std::less<>>;

/// Who hears of the parts of XML text. Names come without their prefix.
struct XmlListener {
    std::function<void(std::string_view name, const XmlAttributes& attributes)> begin;
    std::function<void(std::string_view name)> end;
    std::function<void(std::string_view text)> text;
    std::function<bool()> goOn;  ///< asked once a block; false stops the reading
};

/// Reads XML text to its end. Throws Error naming `part` when it is no XML, or declares entities, which
/// tables have no use for. False when the listener stopped it.
bool readXml(ByteSource& source, const std::string& part, const XmlListener& listener);

}  // namespace fc
