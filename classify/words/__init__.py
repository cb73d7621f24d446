"""The one place where verdicts, models and figures are put in words.

Terminal, pages and files take their words from here: `judgements` (reasons, warnings, sentences, support),
`movements` (features and deviations), `models` (a model's card, its error rates, what footage it lacks),
`figures` (figures of an evaluation and what they mean) and `numbers` (times and ratios). No words name a
folder.
"""
