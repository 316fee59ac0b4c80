// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/read_sound.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <sndfile.h>
#include <vector>

#include "engine/base/error.h"

namespace fc {

namespace {

constexpr std::int64_t mostSamples = 20'000'000;
constexpr std::size_t framesAtOnce = 4096;

/// Bytes at hand as a file of libsndfile.
struct SoundBytes {
    std::string bytes;
    sf_count_t at = 0;
};

sf_count_t sizeOf(void* data)
{
    return static_cast<sf_count_t>(static_cast<SoundBytes*>(data)->bytes.size());
}

sf_count_t seek(sf_count_t offset, int whence, void* data)
{
    auto* sound = static_cast<SoundBytes*>(data);
    const sf_count_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? sound->at : sizeOf(data);
    sound->at = std::clamp<sf_count_t>(from + offset, 0, sizeOf(data));
    return sound->at;
}

sf_count_t read(void* to, sf_count_t count, void* data)
{
    auto* sound = static_cast<SoundBytes*>(data);
    const sf_count_t n = std::min(count, sizeOf(data) - sound->at);
    std::memcpy(to, sound->bytes.data() + sound->at, static_cast<std::size_t>(n));
    sound->at += n;
    return n;
}

sf_count_t write(const void*, sf_count_t, void*)
{
    return 0;
}

sf_count_t tell(void* data)
{
    return static_cast<SoundBytes*>(data)->at;
}

struct Close {
    void operator()(SNDFILE* file) const { sf_close(file); }
};

}  // namespace

bool looksLikeSound(std::string_view head)
{
    const std::string_view kind = head.size() < 12 ? std::string_view() : head.substr(8, 4);
    const bool wave = (head.starts_with("RIFF") || head.starts_with("RF64")) && kind == "WAVE";
    return wave || head.starts_with("fLaC") || (head.starts_with("FORM") && kind.starts_with("AIF"));
}

TableText readSound(std::string bytes, const ImportControl& control)
{
    SoundBytes sound{std::move(bytes)};
    SF_VIRTUAL_IO access{sizeOf, seek, read, write, tell};
    SF_INFO info = {};
    const std::unique_ptr<SNDFILE, Close> file(sf_open_virtual(&access, SFM_READ, &info, &sound));
    if (!file || info.samplerate <= 0 || info.channels <= 0)
        throw Error(
            Message(TR("engine", "The sound cannot be read: %1 Get the file anew."), sf_strerror(nullptr)));
    if (info.frames > mostSamples / info.channels)
        throw Error(
            Message(TR("engine",
                       "The sound has %1 samples in each of %2 channels, more than the %3 a table may "
                       "have. Cut it or lower its sample rate."),
                    static_cast<std::int64_t>(info.frames), info.channels, mostSamples));
    TableTextWriter out(PlaceTerm::Record);
    out.text("time");
    for (int c = 1; c <= info.channels; ++c)
        out.text(info.channels == 1 ? std::string("amplitude") : "channel_" + std::to_string(c));
    out.endRecord(0);
    const auto channels = static_cast<std::size_t>(info.channels);
    std::vector<double> block(framesAtOnce * channels);
    std::int64_t frame = 0;
    bool cancelled = false;
    for (sf_count_t n = 1; n > 0 && !cancelled;) {
        n = sf_readf_double(file.get(), block.data(), framesAtOnce);
        for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i, ++frame) {
            out.bare(std::to_string(std::llround(static_cast<double>(frame) * 1e6 / info.samplerate)));
            for (std::size_t c = 0; c < channels; ++c)
                out.bare(formatNumber(block[i * channels + c]));
            out.endRecord(static_cast<std::uint32_t>(frame + 1));
        }
        cancelled = control.cancel != nullptr && control.cancel->cancelled();
        if (control.progress && info.frames > 0)
            control.progress(static_cast<double>(frame) / static_cast<double>(info.frames));
    }
    TableText table = out.take();
    table.cancelled = cancelled;
    if (frame < info.frames)
        throw Error(Message(TR("engine", "The sound ends behind %1 of its %2 samples. Get the file anew."),
                            frame, static_cast<std::int64_t>(info.frames)));
    return table;
}

}  // namespace fc
