from django.db import models
from django.urls import reverse


class Product(models.Model):
    name = models.CharField(max_length=100)
    cents = models.PositiveIntegerField()

    def get_absolute_url(self):
        return reverse("product", args=[self.pk])

    @property
    def price(self):
        return f"{self.cents // 100}.{self.cents % 100:02}"
