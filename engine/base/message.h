// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Marks a literal for translation in the given context and leaves it as it is.
#define TR(context, text) text

namespace fc {

/// Shortest text that reads back as the same double; always with '.', whatever the locale.
std::string formatNumber(double value);

/// A sentence for people: an English pattern with %1 .. %9 and its arguments, so that the screen can
/// translate the pattern while logs keep the English.
class Message {
public:
    Message() = default;

    template <typename... Args>
    explicit Message(std::string pattern, const Args&... args)
        : m_pattern(std::move(pattern)), m_args{text(args)...}
    {
    }

    const std::string& pattern() const { return m_pattern; }
    const std::vector<std::string>& args() const { return m_args; }

    /// The English sentence.
    std::string english() const { return fill(m_pattern, m_args); }

    /// `pattern` with %1 .. %9 replaced once, in one pass: an argument that holds "%2" stays as it is.
    static std::string fill(std::string_view pattern, const std::vector<std::string>& args);

private:
    static std::string text(const std::string& s) { return s; }
    static std::string text(std::string_view s) { return std::string(s); }
    static std::string text(const char* s) { return s; }
    static std::string text(double x) { return formatNumber(x); }
    static std::string text(int x) { return std::to_string(x); }
    static std::string text(std::int64_t x) { return std::to_string(x); }
    static std::string text(std::size_t x) { return std::to_string(x); }

    std::string m_pattern;
    std::vector<std::string> m_args;
};

}  // namespace fc
