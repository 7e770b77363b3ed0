"""Split a program into parts that have nothing to do with each other."""

from .program import Program


def components(program: Program) -> list[Program]:
    """Return programs that share no column, small ones first; together they are the program."""
    rows_of = program.rows_of()
    seen: set[int] = set()
    parts = [_connected(program, rows_of, row, seen) for row in range(len(program.rows))
             if row not in seen]
    parts.sort(key=len)
    return [Program(program.costs, tuple(program.rows[row] for row in sorted(part)))
            for part in parts]


def _connected(program, rows_of, start, seen) -> list[int]:
    """Return the rows that can be reached from one, which are then seen."""
    reached, waiting = [], [start]
    seen.add(start)
    visited = set()
    while waiting:
        row = waiting.pop()
        reached.append(row)
        for column in program.rows[row].columns:
            if column not in visited:
                visited.add(column)
                new = [other for other in rows_of[column] if other not in seen]
                seen.update(new)
                waiting.extend(new)
    return reached
