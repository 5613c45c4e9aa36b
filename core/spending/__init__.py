"""What models cost: the bill of a time, per document and per correct field, what was saved, budgets and a forecast."""

from core.spending.bill import Bill, Group, Savings, cost_by_day, group_calls, model_of
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
    "cost_by_day",
    "forecast_month",
    "group_calls",
    "model_of",
]
