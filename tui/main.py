"""The command `tuyere`. Commands import what they need when they run, so that `--help` is quick."""

from __future__ import annotations

import os
import sys

import click

from tui.commands import authoring, backtest, bench, evaluate, handing, past, rules, running

OUR_FAULT = 3
INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tuyere")
def cli() -> None:
    """Tuyere: an expert system for a steel works that says what, why, what to do and how sure."""


cli.add_command(running.run)
cli.add_command(running.simulate)
cli.add_command(running.train)
cli.add_command(rules.check)
cli.add_command(rules.test)
cli.add_command(rules.lint)
cli.add_command(authoring.new)
cli.add_command(authoring.diff)
cli.add_command(authoring.graph)
cli.add_command(authoring.pages)
cli.add_command(authoring.fmt)
cli.add_command(authoring.try_rule)
cli.add_command(backtest.backtest)
cli.add_command(evaluate.evaluate)
cli.add_command(past.why)
cli.add_command(past.why_not)
cli.add_command(past.track)
cli.add_command(handing.handover)
cli.add_command(past.replay)
cli.add_command(bench.bench)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 something was found, 2 wrong use, 3 a fault of ours, 130 interrupted."""
    try:
        code = cli.main(args=arguments, standalone_mode=False)
    except click.exceptions.Abort:
        code = INTERRUPTED
    except click.ClickException as e:
        e.show()
        code = e.exit_code
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # the reader went away: nothing more to say
        code = 0
    except Exception as e:
        if os.environ.get("TUYERE_DEBUG"):
            raise
        click.echo(f"internal error: {type(e).__name__}: {e} (TUYERE_DEBUG=1 shows where)", err=True)
        code = OUR_FAULT
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
