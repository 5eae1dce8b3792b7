// The interface of a problem to be minimised: f(θ) = sum over samples of f_i(θ), and its gradient.
// The point θ and the samples are arguments, so a method can choose both freely. Networks,
// quadratics and posteriors have this interface. T is float or double.
#pragma once

#include <cstdint>
#include <span>

namespace laconic::models {

template <class T>
class Oracle {
 public:
  virtual ~Oracle() = default;

  virtual int64_t dimension() const = 0;  // of θ
  virtual int64_t samples() const = 0;

  // Returns the sum of f_i(θ) over `samples` (ascending, each in [0, samples())).
  virtual double value(std::span<const T> theta, std::span<const int32_t> samples) = 0;
  // Adds scale * the gradient of that sum to `gradient`; returns the sum, unscaled.
  virtual double gradient(std::span<const T> theta, std::span<const int32_t> samples, T scale,
                          std::span<T> gradient) = 0;
};

}  // namespace laconic::models
