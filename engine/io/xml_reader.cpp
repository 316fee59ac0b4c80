// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/xml_reader.h"

#include <array>
#include <expat.h>
#include <memory>

#include "engine/base/error.h"
#include "engine/io/encoding.h"

namespace fc {

namespace {

std::string_view withoutPrefix(std::string_view name)
{
    return name.substr(name.find(':') == std::string_view::npos ? 0 : name.find(':') + 1);
}

/// What the parser's calls need.
struct Reading {
    XML_Parser parser;
    const XmlListener& listener;
    bool hasDoctype = false;
};

void onBegin(void* data, const XML_Char* name, const XML_Char** attributes)
{
    XmlAttributes all;
    for (; *attributes != nullptr; attributes += 2)
        all.emplace(withoutPrefix(attributes[0]), attributes[1]);
    static_cast<Reading*>(data)->listener.begin(withoutPrefix(name), all);
}

void onEnd(void* data, const XML_Char* name)
{
    static_cast<Reading*>(data)->listener.end(withoutPrefix(name));
}

void onText(void* data, const XML_Char* text, int size)
{
    static_cast<Reading*>(data)->listener.text({text, static_cast<std::size_t>(size)});
}

void onDoctype(void* data, const XML_Char*, const XML_Char*, const XML_Char*, int)
{
    auto* reading = static_cast<Reading*>(data);
    reading->hasDoctype = true;
    XML_StopParser(reading->parser, XML_FALSE);
}

struct Free {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};

}  // namespace

bool readXml(ByteSource& source, const std::string& part, const XmlListener& listener)
{
    const std::unique_ptr<std::remove_pointer_t<XML_Parser>, Free> parser(XML_ParserCreate(nullptr));
    Reading reading{parser.get(), listener};
    XML_SetUserData(parser.get(), &reading);
    XML_SetElementHandler(parser.get(), onBegin, onEnd);
    XML_SetCharacterDataHandler(parser.get(), onText);
    XML_SetStartDoctypeDeclHandler(parser.get(), onDoctype);
    std::array<char, std::size_t(1) << 16> block;
    for (std::size_t n = 1; n > 0;) {
        n = source.read(block);
        if (XML_Parse(parser.get(), block.data(), static_cast<int>(n), n == 0) == XML_STATUS_ERROR) {
            if (reading.hasDoctype)
                throw Error(Message(TR("engine",
                                       "The part %1 of the spreadsheet declares a document type, as no "
                                       "spreadsheet does. Save it anew."),
                                    quotedText(part)));
            throw Error(Message(
                TR("engine", "The part %1 of the spreadsheet is damaged in line %2: %3. Save it anew."),
                quotedText(part), static_cast<std::int64_t>(XML_GetCurrentLineNumber(parser.get())),
                XML_ErrorString(XML_GetErrorCode(parser.get()))));
        }
        if (!listener.goOn())
            return false;
    }
    return true;
}

}  // namespace fc
