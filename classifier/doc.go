// Package classifier answers both axes of a job title and says why.
//
// Per axis the first that applies decides: a person's correction for the title, a rule, the labelled titles (linear heads over
// n-grams and over the embedding, joined with the nearest neighbours); where none is sure enough it abstains. Confidences are
// calibrated on titles that the heads were not fitted on, so that a confidence of 0.9 is right nine times in ten, and a team asks for a precision, not
// for a threshold.
//
// Fit learns from a label.Rulebook; no role's or seniority's name stands in this package.
package classifier
