"""What another setting, or another priority of some jobs, would cost and catch.

`question` is what is asked; `past` the pushes on which it is tried, with what was known at each
cut-off; `curve` answers for redundancies, budgets and cadences; `change` for jobs that are pinned
or lowered. It decides and scores as a backtest does, and stores nothing.
"""
