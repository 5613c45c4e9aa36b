"""What models cost: the bill of a time, per document and per correct field, what was saved, budgets and a forecast."""

from core.spending.bill import Bill, Group, Savings, group_calls, model_of, save_against
from core.spending.period import PERIODS, Period, forecast_month
from core.spending.spending import BudgetState, Spending

__all__ = [
    "PERIODS",
    "Bill",
    "BudgetState",
    "Group",
    "Period",
    "Savings",
    "Spending",
    "forecast_month",
    "group_calls",
    "model_of",
    "save_against",
]
