// SPDX-License-Identifier: GPL-3.0-or-later
// Runs every fuzz target over its seed files, where no fuzzer is at hand.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

extern "C" {
int fuzzSniffer(const std::uint8_t* data, std::size_t size);
int fuzzCsv(const std::uint8_t* data, std::size_t size);
int fuzzContent(const std::uint8_t* data, std::size_t size);
int fuzzDates(const std::uint8_t* data, std::size_t size);
}

namespace {

struct Target {
    const char* name;
    int (*run)(const std::uint8_t* data, std::size_t size);
};

constexpr Target targets[] = {
    {"sniffer", fuzzSniffer}, {"csv", fuzzCsv}, {"content", fuzzContent}, {"dates", fuzzDates}};

}  // namespace

int main(int argc, char** argv)
{
    if (argc != 2) {
        std::cerr << "Give the folder of the seeds.\n";
        return 2;
    }
    for (const Target& target : targets) {
        int files = 0;
        for (const auto& entry :
             std::filesystem::directory_iterator(std::filesystem::path(argv[1]) / target.name)) {
            std::ifstream file(entry.path(), std::ios::binary);
            const std::string bytes{std::istreambuf_iterator<char>(file), {}};
            std::cerr << target.name << "/" << entry.path().filename().string() << "\n";  // before a crash
            target.run(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
            ++files;
        }
        if (files == 0) {
            std::cerr << "There are no seeds for " << target.name << ".\n";
            return 1;
        }
    }
    return 0;
}
