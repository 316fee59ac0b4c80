// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/safetensors_header.h"

#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

namespace fc {

namespace {

using Json = nlohmann::json;

constexpr std::string_view metadataKey = "__metadata__";

/// Takes the header token by token, so that duplicate keys are seen, whole numbers never pass through double,
/// and nesting costs nothing. Three levels exist: the header, an entry (or the metadata), and a list of
/// numbers.
class HeaderReader : public nlohmann::json_sax<Json> {
public:
    explicit HeaderReader(SafetensorsHeader& header) : m_header(header) {}

    bool null() override { return refuseValue("null"); }
    bool boolean(bool) override { return refuseValue("true or false"); }
    bool number_integer(number_integer_t) override { return refuseValue("a negative number"); }
    bool number_float(number_float_t, const string_t&) override
    {
        return refuseValue("a number that is not whole or is beyond 64 bits");
    }
    bool binary(binary_t&) override { return refuseValue("binary data"); }

    bool number_unsigned(number_unsigned_t value) override
    {
        if (m_level != Level::Numbers || value > std::uint64_t{std::numeric_limits<std::int64_t>::max()})
            return refuseValue("a number");
        m_numbers.push_back(static_cast<std::int64_t>(value));
        return true;
    }

    bool string(string_t& value) override
    {
        if (m_level == Level::Metadata) {
            m_header.metadata[m_field] = value;
            return true;
        }
        if (m_level != Level::Entry || m_field != "dtype")
            return refuseValue("text");
        m_entry.dtype = value;
        return true;
    }

    bool start_object(std::size_t) override
    {
        if (m_level == Level::Outside) {
            m_level = Level::Header;
            return true;
        }
        if (m_level != Level::Header)
            return refuseValue("an object");
        m_fields.clear();
        m_field.clear();
        m_level = m_entry.name == metadataKey ? Level::Metadata : Level::Entry;
        return true;
    }

    bool end_object() override
    {
        if (m_level == Level::Entry) {
            for (const char* field : {"dtype", "shape", "data_offsets"})
                if (!m_fields.contains(field))
                    return refuse("missing_field", Message(TR("engine", "The tensor \"%1\" has no %2."),
                                                           shownName(m_entry.name), field));
            m_header.entries.push_back(std::move(m_entry));
        }
        m_level = Level::Header;
        return true;
    }

    bool key(string_t& name) override
    {
        const bool ofHeader = m_level == Level::Header;
        if (ofHeader) {
            m_entry = {};
            m_entry.name = name;
        }
        m_field = name;
        if (!(ofHeader ? m_names : m_fields).insert(name).second)
            return refuse(
                "duplicate_key",
                Message(TR("engine", "The name \"%1\" occurs twice in the header."), shownName(name)));
        if (m_level == Level::Entry && name != "dtype" && name != "shape" && name != "data_offsets")
            return refuse("unknown_field",
                          Message(TR("engine", "The tensor \"%1\" has the unknown field \"%2\"."),
                                  shownName(m_entry.name), shownName(name)));
        return true;
    }

    bool start_array(std::size_t) override
    {
        if (m_level != Level::Entry || m_field == "dtype")
            return refuseValue("a list");
        m_numbers.clear();
        m_level = Level::Numbers;
        return true;
    }

    bool end_array() override
    {
        m_level = Level::Entry;
        if (m_field == "shape") {
            m_entry.shape = m_numbers;
            return true;
        }
        if (m_numbers.size() != 2)
            return refuse("bad_offsets",
                          Message(TR("engine", "The tensor \"%1\" has %2 data offsets; two are needed."),
                                  shownName(m_entry.name), m_numbers.size()));
        m_entry.offsets = {m_numbers[0], m_numbers[1]};
        return true;
    }

    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override
    {
        return refuse(
            "not_json",
            Message(TR("engine", "The header is not JSON in UTF-8: it cannot be read at byte %1 of it."),
                    position));
    }

private:
    enum class Level { Outside, Header, Entry, Metadata, Numbers };

    bool refuse(const std::string& code, const Message& message)
    {
        m_header.problems.push_back(checkpointProblem(code, m_entry.name, message));
        return false;
    }

    bool refuseValue(const char* found)
    {
        if (m_level == Level::Outside)
            return refuse(
                "not_an_object",
                Message(TR("engine", "The header is %1 where an object with one entry per tensor belongs."),
                        found));
        if (m_level == Level::Metadata)
            return refuse("metadata_not_text",
                          Message(TR("engine", "The metadata \"%1\" is %2; only text is allowed."),
                                  shownName(m_field), found));
        if (m_level == Level::Header)
            return refuse("bad_entry",
                          Message(TR("engine", "The entry \"%1\" is %2 where an object belongs."),
                                  shownName(m_entry.name), found));
        const char* code = m_field == "dtype"   ? "bad_dtype"
                           : m_field == "shape" ? "bad_shape"
                                                : "bad_offsets";
        return refuse(
            code, Message(TR("engine", "The %1 of the tensor \"%2\" holds %3, which is not allowed there."),
                          m_field, shownName(m_entry.name), found));
    }

    SafetensorsHeader& m_header;
    Level m_level = Level::Outside;
    HeaderEntry m_entry;
    std::string m_field;
    std::set<std::string> m_names;
    std::set<std::string> m_fields;
    std::vector<std::int64_t> m_numbers;
};

}  // namespace

SafetensorsHeader readSafetensorsHeader(std::string_view json)
{
    SafetensorsHeader header;
    // The JSON library skips a byte order mark and takes NUL for the end; the format allows neither.
    if (json.empty() || json.front() != '{' || json.find('\0') != std::string_view::npos) {
        header.problems.push_back(checkpointProblem(
            "not_json", {},
            Message(TR("engine", "The header is not JSON: it must begin with { and hold no NUL bytes."))));
        return header;
    }
    HeaderReader reader(header);
    Json::sax_parse(json.begin(), json.end(), &reader);
    return header;
}

CheckpointProblem checkpointProblem(const std::string& code, const std::string& tensor, Message message)
{
    std::string text = message.english();
    return {code, tensor, std::move(text), std::move(message)};
}

std::string shownName(std::string_view name)
{
    constexpr std::size_t limit = 80;
    std::string shown;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const auto byte = static_cast<unsigned char>(name[i]);
        const bool startsCharacter = (byte & 0xC0) != 0x80;
        if (startsCharacter && shown.size() >= limit)
            return shown + "…";
        // C2 80 to C2 9F are the control characters of Latin-1, E2 80 AA to E2 81 AF hold those that turn
        // text round.
        const bool control =
            byte < 0x20 || byte == 0x7f ||
            (byte == 0xC2 && i + 1 < name.size() && static_cast<unsigned char>(name[i + 1]) < 0xA0);
        const bool turning =
            byte == 0xE2 && i + 1 < name.size() && (name[i + 1] == '\x80' || name[i + 1] == '\x81');
        if (!control && !turning) {
            shown += name[i];
            continue;
        }
        const std::size_t length = turning ? 3 : byte == 0xC2 ? 2 : 1;
        for (const char c : name.substr(i, length)) {
            char hex[8];
            std::snprintf(hex, sizeof hex, "\\x%02x", static_cast<unsigned char>(c));
            shown += hex;
        }
        i += length - 1;
    }
    return shown;
}

std::optional<std::int64_t> elementSize(std::string_view dtype)
{
    static constexpr std::pair<std::string_view, std::int64_t> known[] = {
        {"BOOL", 1},    {"U8", 1},          {"I8", 1},          {"F8_E5M2", 1}, {"F8_E4M3", 1},
        {"F8_E8M0", 1}, {"F8_E5M2FNUZ", 1}, {"F8_E4M3FNUZ", 1}, {"I16", 2},     {"U16", 2},
        {"F16", 2},     {"BF16", 2},        {"I32", 4},         {"U32", 4},     {"F32", 4},
        {"F64", 8},     {"I64", 8},         {"U64", 8},         {"C64", 8},
    };
    for (const auto& [name, size] : known)
        if (name == dtype)
            return size;
    return std::nullopt;
}

std::optional<std::int64_t> tensorSize(const std::vector<std::int64_t>& shape, std::int64_t elementBytes)
{
    std::int64_t size = elementBytes;
    for (const std::int64_t n : shape)
        if (__builtin_mul_overflow(size, n, &size))
            return std::nullopt;
    return size;
}

}  // namespace fc
