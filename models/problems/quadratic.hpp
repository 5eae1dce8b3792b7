// Quadratics with a closed form, one per client (coordinates j = 0 to d-1):
//
//   F_i(x) = 1/2 sum_j A_ij (x_j - b_ij)^2,    a_j = mu (beta/mu)^(j/(d-1))
//   mirrored:  A_ij = a_j (1 ± h), with + where i + j is even;    b_ij = centre ± spread, + where i is even
//   random:    A_ij = a_j (1 + h u_ij), u in [-1, 1);             b_ij = centre + spread n_ij, n normal
//
// A client has samples f_s(x) = F_i(x) + noise * ξ_s·x with normal ξ_s. Over the samples of a client
// they sum to zero, so F_i is the mean.
#pragma once

#include "framework/config/field.hpp"
#include "models/federation.hpp"

namespace laconic::models {

struct QuadraticOptions : config::Options {
  enum class Differences { mirrored, random };
  int64_t dimension = 8, samples = 1;
  double mu = 1, beta = 100, curvature_spread = 0.3, centre = 5, centre_spread = 1, noise = 0;
  Differences differences = Differences::mirrored;
  void describe(config::Fields& f) override;
  void check(const config::Checks& checks) const override;
};

// The minimum is known.
Federation<double> quadratic(const QuadraticOptions& options, int64_t clients, uint64_t seed);

}  // namespace laconic::models
