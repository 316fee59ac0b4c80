// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <exception>

#include "engine/base/message.h"

namespace fc {

/// The one exception of the program: the job cannot go on, and this sentence says why and what to do.
class Error : public std::exception {
public:
    explicit Error(Message message) : m_message(std::move(message)), m_english(m_message.english()) {}

    const Message& message() const { return m_message; }
    const char* what() const noexcept override { return m_english.c_str(); }

private:
    Message m_message;
    std::string m_english;
};

/// The request itself is wrong (unknown name, value out of range): commands answer with exit status 2.
class UsageError : public Error {
public:
    using Error::Error;
};

}  // namespace fc
