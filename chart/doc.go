// Package chart draws small charts as SVG text: pure functions, no scripts, no fonts of their own, a title and a description in
// each so that a screen reader can say what a chart shows. All text given is escaped.
package chart
