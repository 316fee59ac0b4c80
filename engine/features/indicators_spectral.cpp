// SPDX-License-Identifier: GPL-3.0-or-later
// Spectra of the last values: for signals that swing, such as sound. Between two hops the values stay.
#include <algorithm>

#include "engine/features/indicators.h"
#include "engine/features/spectrum.h"

namespace fc {

namespace {

/// A window of a column and how often its spectrum is taken.
struct Framed {
    std::string window = "64";
    int hop = 32;
    std::string column = "close";
    Spectrum spectrum;

    void describe(ParamVisitor& v)
    {
        v.field(window, {.id = "window",
                         .label = TR("engine", "Window"),
                         .help = TR("engine", "Rows of which the spectrum is taken."),
                         .unit = "rows",
                         .choices = {"16", "32", "64", "128", "256", "512", "1024", "2048", "4096"}});
        v.field(hop,
                {.id = "hop",
                 .label = TR("engine", "Hop"),
                 .help = TR("engine",
                            "Rows from one spectrum to the next; the values stay in between. The time it "
                            "takes grows when it gets smaller."),
                 .min = 1,
                 .max = 4096,
                 .unit = "rows",
                 .logScale = true});
        columnField(v, column);
    }
    std::vector<std::string> inputs() const { return {column}; }
    int size() const { return std::stoi(window); }
    int warmUp() const { return size() - 1; }
    void start() { spectrum = Spectrum(size(), hop); }
};

std::vector<std::string> numbered(const std::string& name, int from, int count)
{
    std::vector<std::string> names;
    for (int i = from; i < from + count; ++i)
        names.push_back(name + "_" + std::to_string(i));
    return names;
}

/// One triangle over the amplitudes: weights of those from `first` on.
struct Band {
    std::size_t first = 0;
    std::vector<double> weights;

    double energy(std::span<const double> amplitudes) const
    {
        double sum = 0;
        for (std::size_t i = 0; i < weights.size(); ++i)
            sum += weights[i] * amplitudes[first + i] * amplitudes[first + i];
        return sum;
    }
};

struct Stft : Framed {
    int bins = 8;

    void describe(ParamVisitor& v)
    {
        Framed::describe(v);
        v.field(bins, {.id = "bins",
                       .label = TR("engine", "Frequencies"),
                       .help = TR("engine", "How many are given: 1, 2, ... turns in the window."),
                       .min = 1,
                       .max = 2048});
    }
    void check() const
    {
        if (bins > size() / 2) {
            throw UsageError(
                Message(TR("engine",
                           "A window of %1 rows has %2 frequencies, but the feature \"stft\" is to "
                           "give %3. Choose a longer window or fewer frequencies."),
                        size(), size() / 2, bins));
        }
    }
    std::vector<std::string> outputs() const { return numbered("stft", 1, bins); }
    void push(double x, std::span<double> out)
    {
        if (spectrum.push(x))
            std::copy_n(spectrum.amplitudes().begin() + 1, out.size(), out.begin());
        else if (!spectrum.isKnown())
            std::ranges::fill(out, missing);
    }
};

double melOf(double hertz)
{
    return 2595.0 * std::log10(1.0 + hertz / 700.0);
}

double hertzOf(double mel)
{
    return 700.0 * (std::pow(10.0, mel / 2595.0) - 1.0);
}

struct Mel : Framed {
    int bands = 8;
    double rate = 16000;
    std::vector<Band> triangles;

    void describe(ParamVisitor& v)
    {
        Framed::describe(v);
        v.field(bands, {.id = "bands",
                        .label = TR("engine", "Bands"),
                        .help = TR("engine", "Number of bands, equally wide on the mel scale."),
                        .min = 1,
                        .max = 128});
        v.field(rate, {.id = "rate",
                       .label = TR("engine", "Sampling rate"),
                       .help = TR("engine", "Rows per second; it says which frequencies the rows can hold."),
                       .min = 1,
                       .max = 1e6,
                       .unit = "Hz",
                       .logScale = true});
    }
    std::vector<std::string> outputs() const { return numbered("mel", 1, bands); }
    void start()
    {
        Framed::start();
        triangles.clear();
        const double top = melOf(rate / 2.0);
        const auto edge = [&](int i) { return hertzOf(top * i / (bands + 1.0)) * size() / rate; };
        for (int i = 1; i <= bands; ++i)
            triangles.push_back(triangle(edge(i - 1), edge(i), edge(i + 1)));
    }
    void push(double x, std::span<double> out)
    {
        if (spectrum.push(x)) {
            for (std::size_t i = 0; i < triangles.size(); ++i)
                out[i] = std::log(triangles[i].energy(spectrum.amplitudes()) + 1e-10);
        } else if (!spectrum.isKnown()) {
            std::ranges::fill(out, missing);
        }
    }

private:
    /// Corners in turns of the window. A triangle between two turns takes the nearest one.
    Band triangle(double low, double middle, double high) const
    {
        Band band{static_cast<std::size_t>(std::ceil(low)), {}};
        const auto last = static_cast<std::size_t>(size() / 2);
        for (std::size_t i = band.first; i <= last && static_cast<double>(i) < high; ++i) {
            const auto at = static_cast<double>(i);
            band.weights.push_back(at <= middle ? (at - low) / (middle - low)
                                                : (high - at) / (high - middle));
        }
        if (std::ranges::none_of(band.weights, [](double weight) { return weight > 0; }))
            return {std::min(static_cast<std::size_t>(std::lround(middle)), last), {1.0}};
        return band;
    }
};

struct SpectralShape : Framed {
    double share = 0.85;

    void describe(ParamVisitor& v)
    {
        Framed::describe(v);
        v.field(share, {.id = "share",
                        .label = TR("engine", "Share"),
                        .help = TR("engine", "Of the energy that lies below the roll-off."),
                        .min = 0.01,
                        .max = 0.99});
    }
    std::vector<std::string> outputs() const
    {
        return {"spectral_centroid", "spectral_flatness", "spectral_rolloff"};
    }
    void push(double x, std::span<double> out)
    {
        if (spectrum.push(x))
            describeSpectrum(out);
        else if (!spectrum.isKnown())
            std::ranges::fill(out, missing);
    }

private:
    void describeSpectrum(std::span<double> out) const
    {
        double energy = 0;
        double moment = 0;
        double logs = 0;
        const std::span<const double> waves = spectrum.amplitudes().subspan(1);
        for (std::size_t i = 0; i < waves.size(); ++i) {
            const double power = waves[i] * waves[i];
            energy += power;
            moment += static_cast<double>(i + 1) * power;
            logs += std::log(power + 1e-300);
        }
        const auto count = static_cast<double>(waves.size());
        out[0] = energy > 0 ? moment / energy / size() : 0.0;
        out[1] = energy > 0 ? std::exp(logs / count) / (energy / count) : 0.0;
        double below = 0;
        std::size_t at = 0;
        while (at < waves.size() && below < share * energy)
            below += waves[at] * waves[at], ++at;
        out[2] = static_cast<double>(at) / size();
    }
};

struct Haar {
    int levels = 3;
    std::string column = "close";
    std::vector<Delay> before;

    void describe(ParamVisitor& v)
    {
        v.field(levels, {.id = "levels",
                         .label = TR("engine", "Levels"),
                         .help = TR("engine", "Each one looks at changes twice as slow as the one before."),
                         .min = 1,
                         .max = 12});
        columnField(v, column);
    }
    std::vector<std::string> inputs() const { return {column}; }
    std::vector<std::string> outputs() const
    {
        std::vector<std::string> names = numbered("haar", 1, levels);
        names.push_back("haar_smooth");
        return names;
    }
    int warmUp() const { return (1 << levels) - 1; }
    void start()
    {
        before.clear();
        for (int level = 0; level < levels; ++level)
            before.emplace_back(1 << level);
    }
    void push(double x, std::span<double> out)
    {
        double smooth = x;
        for (std::size_t level = 0; level < before.size(); ++level) {
            const double coarser = (smooth + before[level].next(smooth)) / 2.0;
            out[level] = smooth - coarser;
            smooth = coarser;
        }
        out.back() = smooth;
    }
};

}  // namespace

std::vector<FeatureEntry> spectralFeatures()
{
    return {
        featureOf<Stft>({.id = "stft",
                         .label = TR("engine", "Spectrum"),
                         .help = TR("engine", "Amplitudes of the slowest waves in the last rows."),
                         .formula =
                             "2 |sum(h[i] x[t-w+1+i] exp(-2 pi j k i / w))| / sum(h), h the Hann window, k "
                             "= 1 .. bins, every hop rows",
                         .source = "Allen & Rabiner, Proceedings of the IEEE 65, 1977",
                         .unit = "as the column"}),
        featureOf<Mel>({.id = "mel",
                        .label = TR("engine", "Mel bands"),
                        .help = TR("engine", "Energy of a sound in bands as wide as the ear hears them."),
                        .formula =
                            "ln(sum(triangle(k) a[k]^2) + 1e-10), a as in stft, corners equally far apart in "
                            "2595 log10(1 + f / 700)",
                        .source = "Davis & Mermelstein, IEEE Transactions on Acoustics 28, 1980",
                        .unit = "logarithm of energy"}),
        featureOf<SpectralShape>(
            {.id = "spectral_shape",
             .label = TR("engine", "Shape of the spectrum"),
             .help =
                 TR("engine",
                    "Center of the spectrum, how much it is like noise, and below which frequency most of it "
                    "lies."),
             .formula =
                 "sum(f a^2) / sum(a^2); geometric over arithmetic mean of a^2; least f with sum(a^2 up to "
                 "f) >= share of all; f in turns per row",
             .source = "Peeters, A large set of audio features, IRCAM, 2004",
             .unit = "turns per row; flatness: 0..1"}),
        featureOf<Haar>(
            {.id = "haar",
             .label = TR("engine", "Haar wavelet"),
             .help = TR("engine", "Changes on several time scales, and the smooth rest."),
             .formula = "s[j](t) = (s[j-1](t) + s[j-1](t - 2^(j-1))) / 2, haar[j] = s[j-1] - s[j]",
             .source = "Starck, Murtagh & Bijaoui, Image Processing and Data Analysis, 1998",
             .unit = "as the column"}),
    };
}

}  // namespace fc
